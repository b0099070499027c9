// Package cube is the model of a cube and the questions asked of it: pure, no
// database.
//
// A [Model] is loaded from YAML and validated. A [Query] is a plain struct, the
// same from Go, JSON, YAML and the command line; package compile turns it into
// SQL. The rules that every answer follows are in the definitions page (package
// catalog).
package cube

// Query is one question to one cube. Names are those of the catalog:
// "dimension.attribute" (customer.type, date.month, class.l1) and measures, which
// may carry a scope of time and a calculation (net@py:delta, see [Ref]).
type Query struct {
	Cube     string   `json:"cube"`
	Rows     []string `json:"rows,omitempty"`
	Columns  []string `json:"columns,omitempty"`
	Measures []string `json:"measures"`          // each a Ref
	Compare  []string `json:"compare,omitempty"` // py, pp …: every plain measure is followed by its value, delta and pct there
	Where    []Filter `json:"where,omitempty"`
	Having   []Having `json:"having,omitempty"`
	Time     *Time    `json:"time,omitempty"`
	Top      *Top     `json:"top,omitempty"`
	Totals   Totals   `json:"totals,omitempty"`
	Sort     []Sort   `json:"sort,omitempty"`
	Limit    int      `json:"limit,omitempty"` // rows at most; 0: the default cap; a cap that bites is an error
}

// Filter keeps the facts whose attribute stands in the relation to the values.
// With Any or All it is a group instead: at least one, or every one, of the
// filters in it must hold; groups stand in groups up to 8 deep.
//
// Field is dimension.attribute; for under and not_under dimension.hierarchy with
// the name of a hierarchy of parents; for in_set, not_in_set and all the
// dimension.
type Filter struct {
	Field string `json:"field,omitempty" yaml:"field"` // dimension.attribute
	// Op is = != in not_in < <= > >= between contains not_contains starts ends
	// is_null not_null; key_in not_key_in (the member's key instead of what is
	// shown); under not_under (a member, by key or as shown, and everything below
	// it); in_set not_in_set (named sets); all (keeps everything, and switches the
	// dimension's default off).
	Op     string   `json:"op,omitempty" yaml:"op"`
	Values []string `json:"values,omitempty" yaml:"values"` // as many as the operator takes
	Any    []Filter `json:"any,omitempty" yaml:"any"`       // a group: one of them holds
	All    []Filter `json:"all,omitempty" yaml:"all"`       // a group: all of them hold
}

// Having keeps the finest rows whose value, all columns together, stands in the
// relation to the numbers. Totals stay those of everything that the filters keep.
type Having struct {
	By     string   `json:"by"` // a Ref
	Op     string   `json:"op"` // = != < <= > >= between is_null not_null
	Values []string `json:"values,omitempty"`
}

// Time keeps the facts of an inclusive date range on the cube's (or the named)
// date dimension.
type Time struct {
	Field string `json:"field,omitempty"` // date dimension; "": the cube's first
	From  string `json:"from,omitempty"`  // YYYY-MM-DD inclusive; "": open
	To    string `json:"to,omitempty"`    // YYYY-MM-DD inclusive; "": open
}

// Top keeps the first N members of a row attribute by a measure, and gathers
// the rest in one "others" row computed at its own level.
type Top struct {
	N       int    `json:"n"` // members, or per cent of them with Percent
	Percent bool   `json:"percent,omitempty"`
	Field   string `json:"field,omitempty"` // the row attribute ranked, within each combination of those before it; "": the first
	By      string `json:"by"`              // a Ref
	Others  bool   `json:"others,omitempty"`
	Bottom  bool   `json:"bottom,omitempty"`
}

// Totals asks for totals, each computed at its own level from the facts.
type Totals struct {
	Grand  bool `json:"grand,omitempty"`  // one row over everything
	Rows   bool `json:"rows,omitempty"`   // subtotals of every prefix of Rows
	Cols   bool `json:"cols,omitempty"`   // a total column group over Columns
	ColSub bool `json:"colsub,omitempty"` // subtotals of every prefix of Columns
}

// Sort orders rows by an attribute or a measure.
type Sort struct {
	By      string   `json:"by"`                // a row attribute or a Ref
	Members []string `json:"members,omitempty"` // with Columns: the column whose cells are compared, as shown; none: all columns together
	Desc    bool     `json:"desc,omitempty"`
}

// The members that stand for missing values, as shown and as written in filters.
const (
	None    = "(none)"    // the member is known and has no value here
	Unknown = "(unknown)" // the fact does not say which member, or the member is not in its table
)

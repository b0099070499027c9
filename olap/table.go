// Package olap is the façade of the cubes: a question in, a table out.
package olap

import "verso/olap/cube"

// Table is the answer to a cube query: exactly what is shown and exported.
type Table struct {
	Query   cube.Query
	Columns []Column
	Rows    []Row
	AsOf    string // as-of date of the generation
	Run     string // run id of the generation
	Facts   int64  // fact rows behind the answer
	Notes   []string
}

// Column is one column of the answer.
type Column struct {
	Name    string   // attribute, or measure as cube.Ref text; unique with Members and Total
	Label   string   // in the language asked for
	Kind    string   // "attribute" or "measure"
	Type    string   // text, integer, decimal, double, date, boolean
	Unit    string   // currency code, copies, %, days; "" for counts
	Format  string   // one of cube.Formats
	Digits  int      // decimals shown; 0: those of the format
	Scale   int      // decimals stored, of a column of facts
	Members []string // the members of Query.Columns this column stands under; nil without column axes
	Keys    []string // their keys, as in Row.Keys
	Level   int      // how many column attributes are given; len(Query.Columns) except for totals
	Total   bool     // a total or subtotal over Query.Columns; Members then ends with the word for it
	Lower   bool     // a measure of which less is better
	Adds    string   // sum, min or max: how the values of parts make that of the whole; "" where they do not
	// Calculated: the column stands under a calculated member, in no total.
	Calculated bool
	Measure    string // the measure's name, without scope and calculation; "" for attributes
	Scope      string // as in cube.Ref.Scope
	Calc       string // as in cube.Ref.Calc
	// Approximate: the measure is not exact, see cube.ApproxError; a note says so.
	Approximate bool
}

// Row is one row of the answer. Cells hold engine values (see engine.Value).
//
// The cells of attributes that a total does not give are nil. A member without
// a value is the text "(none)", the unknown member "(unknown)", and the rest
// behind a ranking "(others)", each in the language asked for, whatever the type
// of the column.
type Row struct {
	Level int  // how many row attributes are given; len(Query.Rows) for a leaf, 0 for the grand total
	Other bool // the "others" row of a Top
	// Calculated: the row, or a subtotal, is of a calculated member: its facts
	// are those of other rows too, and it is in no total.
	Calculated bool
	// Keys tell the members of the row attributes given apart, whatever the
	// language and however they are shown: two answers are joined by them. They
	// are the key's text, "(none)" or "(unknown)"; "(others)" for the others row.
	Keys  []string
	Cells []any
}

// IsTotal reports whether a row of the table is the grand total or a subtotal.
// The others row is neither.
func (t *Table) IsTotal(r Row) bool { return r.Level < len(t.Query.Rows) && !r.Other }

// Grand is the grand total row, or nil where none was asked for.
func (t *Table) Grand() *Row {
	if n := len(t.Rows); n > 0 && len(t.Query.Rows) > 0 && t.Rows[n-1].Level == 0 {
		return &t.Rows[n-1]
	}
	return nil
}

// Index is the position of the first column of that name, or -1. With members,
// the column that stands under them.
func (t *Table) Index(name string, members ...string) int {
	for i, c := range t.Columns {
		if c.Name == name && (len(members) == 0 || equal(c.Members, members)) {
			return i
		}
	}
	return -1
}

// Find is the row of these keys: those of every row attribute for a leaf, of
// the first ones for a subtotal, none for the grand total (or the only row), and
// "(others)" as the last for an others row. It is nil where there is no such row.
func (t *Table) Find(keys ...string) *Row {
	for i := range t.Rows {
		if equal(t.Rows[i].Keys, keys) {
			return &t.Rows[i]
		}
	}
	return nil
}

// ColumnOf is the position of the column of a measure under members given by
// their keys: all of them, the first ones for a subtotal, none for the total over
// columns or where nothing is on the columns. It is -1 where there is none.
func (t *Table) ColumnOf(ref string, keys ...string) int {
	for i, c := range t.Columns {
		if c.Kind == "measure" && c.Name == ref && equal(c.Keys, keys) {
			return i
		}
	}
	return -1
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

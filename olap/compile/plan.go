// Package compile turns cube queries into SQL: pure, no database.
//
// [Compile] takes a query through an ordered list of passes, each in a file of
// its own: names, filters, time, aggregates, top, having, levels, scopes, source, joins. The
// plan they fill in is then written as one SQL statement of named stages:
//
//	shown, calendar, days   where scopes of time are asked for: the days shown,
//	         all days, and for each scope on which days a fact is shown
//	base     the facts that the filters keep, with the columns that are needed
//	leaf     their aggregates at the finest level, where coarser ones follow
//	         from it; materialised, so that facts are read once
//	streams  facts as each scope shows them, and of all cubes combined
//	members, ranked, kept, placed   the ranking of a top-N
//	levels   every level asked for, by GROUPING SETS: from leaf, or from base
//	         where a distinct count has to be made at each level
//	tested, held, answer   which rows satisfy conditions on measures
//
// With a rollup in the place of the facts (see source.go), its rows are added up
// in the stage cells, base is their names and aggregates, and there is no leaf.
//
// Months or other members without facts are not listed.
package compile

import (
	"fmt"
	"strings"
	"time"

	"verso/olap/cube"
)

// Limits of an answer. A query that exceeds one is refused with the counts.
const (
	DefaultLimit = 100_000   // rows, where the query sets no limit
	MaxMembers   = 1_000     // members on the column axis
	MaxCells     = 1_000_000 // row × column combinations with facts
)

// Options say how a query is compiled.
type Options struct {
	Lang string // en (default) or zh: labels and member names
	// Complete names the cube's dimensions that are known to have a row for
	// every fact: they are joined by an inner join, which is several times
	// faster. All others are joined by a left join, which needs no such promise.
	Complete map[string]bool
	// Depths are the levels that hierarchies of parents have
	// (dimension.hierarchy); those it does not name have the declared depth.
	Depths map[string]int
	// AsOf is the day up to which facts are known: comparisons and windows of
	// time end there, relative times of named sets count from it. The zero time
	// sets no end; sets with relative times are refused then.
	AsOf    time.Time
	Rollups []*Rollup // that stand beside the facts
}

// Stage is what one step of the compilation found, for people to read; the last
// result, the SQL, is beside the stages.
type Stage struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Compiled is a query as SQL. The statement returns one row for each group of
// each level, in a total order that does not depend on chance, with the columns
// that the other fields describe; the answer is laid out from them.
type Compiled struct {
	SQL      string
	CountSQL string // how many rows SQL would return without its limit; takes Args without the last
	Args     []any
	Stages   []Stage

	Query     cube.Query // as asked, with defaults filled in
	Cube      *cube.Cube
	Rows      []Axis
	Columns   []Axis
	Measures  []Value
	Rollup    string          // the rollup read instead of the facts; "" for the facts
	Cells     *Cells          // the question for who has the rollup in memory; nil where only the database answers it
	Rejected  []Rejected      // the cube's other rollups
	Tables    []string        // tables read
	Unique    []Unique        // what must hold for no fact to be counted twice
	Joined    []Joined        // dimensions joined
	Others    bool            // an "others" row is asked for
	TopLevel  int             // level of the members ranked; 0: no ranking
	RowLevels []int           // row levels that are shown; others are there for calculations and sorting
	ColSub    bool            // subtotals over prefixes of Columns are shown
	ColTotal  bool            // the total over Columns is shown
	Having    []string        // labels of the measures that Query.Having tests
	Trees     []*cube.Parents // hierarchies of parents that must be sound
	Ask       []Missing       // what the catalog or the query names and the data may not have
	Notes     []string        // for readers of the answer, in Lang
	Hidden    []Hidden        // members left out of the axes
	Limit     int             // rows of the answer at most
	FetchRows int             // rows of shown levels fetched at most; one more means too many
	AllRows   int             // rows of all levels fetched at most; one more means too many

	// Positions of the housekeeping columns; -1 where there is none. Left is how
	// many members a ranking leaves out; Tested and Passed are the finest rows
	// before and after Query.Having.
	RowLevel, ColLevel, Other, Rank, Left, Tested, Passed, Facts int
	Calculated, CalculatedAxis                                   int // the number of the calculated member, from 1, 0 for none; the axis it is on, rows before columns
}

// Axis is an attribute on an axis and the result columns that carry it.
type Axis struct {
	Field     string // as in the catalog: dimension.attribute
	Label     string
	Attribute *cube.Attribute
	Value     int // the value shown; text says "(none)", and is nil for the unknown member
	Key       int // what tells members apart; the same as Value where values do
	Order     int // what orders members before their value; -1: nothing
	Known     int // not text: nil for the unknown member, whose value, like that of "(none)", is nil; -1 for text
	ID        int // what is shown where members look the same; -1: nothing
}

// Value is a measure asked for and the result column that carries its number,
// before a calculation that is made of the answer (see Ref.Calc).
type Value struct {
	Ref     cube.Ref // with the measure's own name
	Measure *cube.Measure
	Label   string
	Type    string // as cube.Measure.ValueType
	Unit    string // as cube.Measure.Unit; "pp" for differences of shares
	Format  string // as cube.Measure.Format
	Column  int
}

// Joined is a dimension joined to the facts of a cube.
type Joined struct {
	Cube *cube.Cube
	Use  *cube.Use
}

// Hidden is an axis attribute with hidden members.
type Hidden struct {
	Label  string
	Column int // how many of them had facts
}

// Missing asks which of the values that the catalog names do not occur: the
// statement returns them, one a row.
type Missing struct {
	What string // in words, in front of the values
	SQL  string
	Args []any
}

// Unique is a table and the column that must not repeat a value, among the
// rows that meet Where.
type Unique struct {
	Table string
	Key   string
	Where map[string]string
}

// plan is a query on its way to SQL. Passes fill it in, in order.
type plan struct {
	model    *cube.Model
	lang     string
	complete map[string]bool
	rollups  []*Rollup
	query    cube.Query
	cube     *cube.Cube // over the rollup, once one is chosen
	factCube *cube.Cube // over the facts
	rollup   *Rollup    // nil: the facts
	rejected []Rejected

	rows     []*field
	cols     []*field
	measures []*asked
	filters  []*condition // all of them, those in groups included
	grouped  []*group     // the groups, joined to the other conditions by and
	touched  []*cube.Use  // dimensions that are filtered, by all too
	expanded bool         // a hierarchy of parents was named on an axis
	also     *field       // the axis attribute whose calculated members are shown
	options  Options
	period   *period
	parts    []*part   // base aggregates, each once
	streams  []*stream // facts, as each scope shows them
	sources  []*source // the cubes whose facts are read
	clock    *clock    // nil where days do not matter
	notes    []string
	additive bool // every part of a whole follows from the parts of its parts
	levels   []level
	top      *ranking
	having   []*test
}

// field is an attribute of a dimension as the cube uses it.
type field struct {
	name string // dimension.attribute with the catalog's names
	use  *cube.Use
	attr *cube.Attribute
}

func (f *field) label(lang string) string { return f.attr.Label.In(lang) }

// level is one grouping: how many of the row and column attributes are given,
// and whether it is shown or only computed with.
type level struct {
	rows, cols int
	shown      bool
}

// pass is one step from question to plan. It may refuse the question.
type pass struct {
	name string
	run  func(*plan) error
	show func(*plan) string
}

// passes is the order of compilation, the same for every entry point.
func passes() []pass {
	return []pass{
		{"names", (*plan).resolve, (*plan).showNames},
		{"filters", (*plan).bindFilters, (*plan).showFilters},
		{"time", (*plan).bindTime, (*plan).showTime},
		{"aggregates", (*plan).findParts, (*plan).showParts},
		{"top", (*plan).bindTop, (*plan).showTop},
		{"having", (*plan).bindHaving, (*plan).showHaving},
		{"levels", (*plan).findLevels, (*plan).showLevels},
		{"scopes", (*plan).bindScopes, (*plan).showScopes},
		{"source", (*plan).route, (*plan).showSource},
		{"joins", (*plan).findJoins, (*plan).showJoins},
	}
}

// Compile turns a query into SQL. It needs no database. A question that the
// model cannot answer is a *QueryError.
func Compile(m *cube.Model, q cube.Query, o Options) (*Compiled, error) {
	p := &plan{model: m, options: o, lang: o.Lang, complete: o.Complete, rollups: o.Rollups, query: q}
	var stages []Stage
	for _, step := range passes() {
		if err := step.run(p); err != nil {
			return nil, err
		}
		if text := step.show(p); text != "" {
			stages = append(stages, Stage{step.name, text})
		}
	}
	c, err := p.render()
	if err != nil {
		return nil, err
	}
	c.Stages, c.Rejected = stages, p.rejected
	if p.rollup != nil {
		c.Rollup = p.rollup.Name
	}
	return c, nil
}

// QueryError is a question that cannot be answered as asked.
type QueryError struct {
	Part    string // the part of the query: rows, measures, where …
	Name    string // the offending name or value; "" for none
	Message string // what is wrong, and what to do
}

// Error is the part and the message.
func (e *QueryError) Error() string { return e.Part + ": " + e.Message }

func refuse(part, name, format string, args ...any) error {
	return &QueryError{Part: part, Name: name, Message: fmt.Sprintf(format, args...)}
}

// quote is the one way an identifier enters SQL; names come from the catalog.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoteTable quotes schema.table.
func quoteTable(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return quote(schema) + "." + quote(name)
}

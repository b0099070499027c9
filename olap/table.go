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
	Name    string   // attribute or measure name; unique with Members
	Label   string   // in the language asked for
	Kind    string   // "attribute" or "measure"
	Type    string   // text, integer, decimal, double, date, boolean
	Unit    string   // currency code, copies, %, days; "" for counts
	Format  string   // money, integer, percent, ratio, days, text, date
	Members []string // the members of Query.Columns this column stands under; nil without column axes
}

// Row is one row of the answer. Cells hold engine values (see engine.Value).
type Row struct {
	Level int  // how many row attributes are given; len(Query.Rows) for a leaf, 0 for the grand total
	Other bool // the "others" row of a Top
	Cells []any
}

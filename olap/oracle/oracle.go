// Package oracle answers cube queries from raw rows, without SQL: slowly and
// obviously. It is what the engine is judged by, so it shares nothing with the
// compiler but the model and the question.
//
// An answer is defined cell by cell:
//
//  1. A cell gives some members: those of its row and those of its column.
//  2. Its period is the shown days that have the date members given. Shown days
//     are the days of the query's time range that its filters on days keep.
//  3. The scope of a measure says which days' facts are shown in that period
//     (file days.go). The cell's facts are those of these days, with the other
//     members given, that the other filters keep (cells.go).
//  4. The measure is computed over the cell's facts (measures.go), and the
//     calculation over the values of cells (calculations.go).
//
// A row is there if one of its cells has a fact under any scope asked for
// (rows.go). Where the rules leave a choice, the comment there begins with
// "Choice:".
package oracle

import (
	"fmt"
	"time"

	"verso/olap/cube"
	"verso/olap/olaptest"
)

// Oracle evaluates queries on the rows of one warehouse. It may be used by one
// goroutine at a time.
type Oracle struct {
	model *cube.Model
	data  *olaptest.Data
	asOf  time.Time

	index     map[string]map[int64][]any // table, key column and condition → key → row
	calendars map[string]*calendar       // date dimension → its days
	sets      map[*cube.Set]map[int64]bool
}

// New is an oracle for the rows of data, which must not change afterwards. Its
// as-of date is that of meta.run.
func New(m *cube.Model, data *olaptest.Data) *Oracle {
	o := &Oracle{model: m, data: data, index: map[string]map[int64][]any{}, calendars: map[string]*calendar{}, sets: map[*cube.Set]map[int64]bool{}}
	run := data.Table("meta.run")
	o.asOf = run.Rows[0][run.Column("as_of")].(time.Time)
	return o
}

// Answer is what a query must give.
type Answer struct {
	Refs    []string // the columns of numbers under each Column, with those of Compare
	Columns []Column
	Rows    []Row
	Facts   int64 // facts on the shown days, under no scope
	Scoped  bool  // whether a scope is asked for
}

// Column is a group of columns: one for each of Refs.
type Column struct {
	Members []string // shown, the word for the total last; nil without column axes
	Keys    []string
	Level   int // column attributes given
	Total   bool
}

// Row is one row, its cells as shown in English: the row attributes, then for
// each Column each of Refs. Numbers are int64, engine.Decimal or float64, or
// [Near] where rounding is the engine's choice.
type Row struct {
	Level int
	Other bool
	Keys  []string
	Cells []any
}

// Refusal is a question that has no exact answer; the engine must refuse it too.
type Refusal struct{ Reason string }

// Error is the reason.
func (r *Refusal) Error() string { return "oracle: " + r.Reason }

func refuse(format string, args ...any) { panic(&Refusal{fmt.Sprintf(format, args...)}) }

// Evaluate answers a query whose names are written in full. Its error is a
// *Refusal. Names that do not exist are the caller's mistake and panic.
func (o *Oracle) Evaluate(q cube.Query) (answer *Answer, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Refusal:
			answer, err = nil, r
		default:
			panic(r)
		}
	}()
	e := o.evaluation(q)
	e.findLeaves()
	e.hideMembers()
	e.applyTop()
	e.applyHaving()
	e.findRows()
	e.findColumns()
	e.nameApart()
	return e.answer(), nil
}

// Package olaptest builds small warehouses for tests: every table that cubes,
// models and pages read, in memory, the same rows for the same shape and seed.
//
// The rows exist in Go first ([Data]) and are then written to a database, so
// that a test can work out the right answer from them without any SQL.
package olaptest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

//go:embed schema.sql
var schema string

// Table is the rows of one table. Values are nil, bool, int64, float64,
// string, time.Time or engine.Decimal.
type Table struct {
	Name    string // with its schema: core.dim_date
	Columns []string
	Rows    [][]any
	// Types are the SQL types of the columns of a table that a test adds: Load
	// creates it. Tables of the warehouse itself have none.
	Types []string
}

// Column is the position of a column; it panics on an unknown name.
func (t *Table) Column(name string) int {
	for i, c := range t.Columns {
		if c == name {
			return i
		}
	}
	panic("olaptest: " + t.Name + " has no column " + name)
}

// Data is all tables of a warehouse, in the order they are written.
type Data struct {
	Tables []*Table
}

// Table returns a table by name; it panics on an unknown one.
func (d *Data) Table(name string) *Table {
	for _, t := range d.Tables {
		if t.Name == name {
			return t
		}
	}
	panic("olaptest: no table " + name)
}

func (d *Data) table(name, columns string) *Table {
	t := &Table{Name: name, Columns: strings.Fields(columns)}
	d.Tables = append(d.Tables, t)
	return t
}

func (t *Table) add(values ...any) {
	if len(values) != len(t.Columns) {
		panic(fmt.Sprintf("olaptest: %s takes %d values, got %d", t.Name, len(t.Columns), len(values)))
	}
	for i, v := range values {
		if n, ok := v.(int); ok {
			values[i] = int64(n)
		}
	}
	t.Rows = append(t.Rows, values)
}

// Star opens a database in memory with the default warehouse: about 2,000
// order lines of 2023-01-01 to 2025-06-30 (the as-of date), some 120 returns,
// every dimension, scores, a model card and the records of a run. It is closed
// when the test ends.
func Star(t testing.TB) engine.Database {
	t.Helper()
	return Open(t, Build(Default()))
}

// Open writes d into a new database in memory, closed when the test ends.
func Open(t testing.TB, d *Data) engine.Database {
	t.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Threads: 1}) // more only slow down what is this small
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := Load(ctx, db, d); err != nil {
		t.Fatal(err)
	}
	return db
}

// Load creates the tables in db, which must not have them yet, and fills them.
func Load(ctx context.Context, db engine.Execer, d *Data) error {
	if _, err := db.Exec(ctx, engine.SQL(schema)); err != nil {
		return err
	}
	for _, t := range d.Tables {
		if t.Types != nil {
			if _, err := db.Exec(ctx, engine.SQL(create(t))); err != nil {
				return fmt.Errorf("olaptest: %s: %w", t.Name, err)
			}
		}
		if err := fill(ctx, db, t); err != nil {
			return fmt.Errorf("olaptest: %s: %w", t.Name, err)
		}
	}
	return nil
}

func create(t *Table) string {
	var columns []string
	for i, c := range t.Columns {
		columns = append(columns, engine.QuoteIdent(c)+" "+t.Types[i])
	}
	return "CREATE TABLE " + t.Name + " (" + strings.Join(columns, ", ") + ")"
}

// fill writes the rows column by column, as lists of texts: many times as fast
// as rows of literals, which are parsed and planned one by one.
func fill(ctx context.Context, db engine.Execer, t *Table) error {
	if len(t.Rows) == 0 {
		return nil
	}
	var names, lists []string
	var args []any
	for i, c := range t.Columns {
		list, err := json.Marshal(t.texts(i))
		if err != nil {
			return err
		}
		names = append(names, engine.QuoteIdent(c))
		lists = append(lists, `unnest(from_json(?, '["VARCHAR"]'))`)
		args = append(args, string(list))
	}
	_, err := db.Exec(ctx, engine.SQL("INSERT INTO "+t.Name+" ("+strings.Join(names, ", ")+") SELECT "+strings.Join(lists, ", "), args...))
	return err
}

// texts are the values of a column as texts that its type is read from, nil for NULL.
func (t *Table) texts(column int) []*string {
	list := make([]*string, len(t.Rows))
	for r, row := range t.Rows {
		var text string
		switch v := row[column].(type) {
		case nil:
			continue
		case time.Time:
			text = v.Format(time.DateOnly)
		case float64:
			text = strconv.FormatFloat(v, 'e', -1, 64)
		default:
			text = fmt.Sprint(v)
		}
		list[r] = &text
	}
	return list
}

// Money is an amount of n ten-thousandths.
func Money(n int64) engine.Decimal {
	return engine.Decimal{Num: decimal128.FromI64(n), Scale: 4}
}

// units reads back what Money took.
func units(v any) int64 { return int64(v.(engine.Decimal).Num.LowBits()) }

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func dateKey(d time.Time) int64 {
	return int64(d.Year()*10000 + int(d.Month())*100 + d.Day())
}

package olap

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Cell names a cell of an answer by its row's and its column's keys.
type Cell = compile.Cell

// Page is a part of a list of facts.
type Page struct {
	Limit  int // rows at most; 0: 1,000; no more than compile.MaxPage
	Offset int // rows left out before it
}

// FactTable is a page of the fact rows behind a cell: the members of the
// question's attributes, then the fact's own columns (identifiers, dates, amounts,
// where the row came from).
type FactTable struct {
	Columns []Column // Kind is "attribute" or "fact"
	Rows    [][]any  // engine values; members as in Row
	Total   int64    // facts behind the cell, on this page or not
	Offset  int
	AsOf    string
	Run     string
	Notes   []string // says so where the page does not hold all
}

// Facts lists the fact rows behind a cell of a query's answer, by day, then by
// identifier, and says how many there are. Conditions on measures do not take
// facts out of a cell. Members that have an ID are shown with it. An error about
// the question or cell is a *compile.QueryError.
func (o *Olap) Facts(ctx context.Context, q cube.Query, cell Cell, page Page) (*FactTable, error) {
	if page.Limit == 0 {
		page.Limit = 1000
	}
	if page.Limit < 0 || page.Limit > compile.MaxPage || page.Offset < 0 {
		return nil, compile.PageError(page.Limit, page.Offset)
	}
	d, err := o.detail(ctx, q, cell)
	if err != nil {
		return nil, err
	}
	count, err := engine.One(ctx, o.db, engine.SQL(d.CountSQL, d.Args...))
	if err != nil {
		return nil, err
	}
	t := &FactTable{Columns: o.factColumns(d), Offset: page.Offset, AsOf: o.run.AsOf, Run: o.run.ID}
	t.Total, _ = engine.Int(count[0])
	reader := newFactReader(o, d)
	args := append(d.Args[:len(d.Args):len(d.Args)], int64(page.Limit), int64(page.Offset))
	err = engine.Rows(ctx, o.db, engine.SQL(d.PageSQL, args...), func(row []any) error {
		t.Rows = append(t.Rows, reader.row(row))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n := len(t.Rows); int64(n) < t.Total {
		from, to := page.Offset+1, page.Offset+n
		if n == 0 {
			from = to
		}
		text := "Facts %d to %d of %d."
		if o.lang == "zh" {
			text = "第 %d 至 %d 行，共 %d 行明细。"
		}
		t.Notes = append(t.Notes, fmt.Sprintf(text, from, to, t.Total))
	}
	return t, nil
}

// EachFact gives all fact rows behind a cell, in the order of Facts, one at a
// time: for export. The columns come first. A row is fn's to keep.
func (o *Olap) EachFact(ctx context.Context, q cube.Query, cell Cell, head func([]Column) error, fn func(row []any) error) error {
	d, err := o.detail(ctx, q, cell)
	if err != nil {
		return err
	}
	if err := head(o.factColumns(d)); err != nil {
		return err
	}
	reader := newFactReader(o, d)
	return engine.Rows(ctx, o.db, engine.SQL(d.SQL, d.Args...), func(row []any) error { return fn(reader.row(row)) })
}

// ExplainFacts gives the statement with which Facts would answer.
func (o *Olap) ExplainFacts(ctx context.Context, q cube.Query, cell Cell) (Explanation, error) {
	d, err := o.detail(ctx, q, cell)
	if err != nil {
		return Explanation{}, err
	}
	return Explanation{SQL: d.SQL, Args: d.Args, Stages: d.Stages}, nil
}

// detail writes the statement for this generation, with the same proofs as an
// answer.
func (o *Olap) detail(ctx context.Context, q cube.Query, cell Cell) (*compile.Detailed, error) {
	options := o.options()
	d, err := compile.Detail(o.model, q, cell, nil, options)
	if err != nil {
		return nil, err
	}
	if err := o.prove(ctx, d.Reads, options); err != nil {
		return nil, err
	}
	columns, err := o.columnsOf(ctx, d.Reads.Cube.Table)
	if err != nil {
		return nil, err
	}
	return compile.Detail(o.model, q, cell, columns, options)
}

// tableColumns remembers the columns of tables, which never change.
type tableColumns struct {
	mu    sync.Mutex
	found map[string][]compile.FactColumn
}

// columnsOf lists the columns of a table, read once.
func (o *Olap) columnsOf(ctx context.Context, name string) ([]compile.FactColumn, error) {
	o.columns.mu.Lock()
	columns := o.columns.found[name]
	o.columns.mu.Unlock()
	if columns != nil {
		return columns, nil
	}
	schema, table, _ := strings.Cut(name, ".")
	err := engine.Rows(ctx, o.db, engine.SQL(`SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`, schema, table),
		func(row []any) error {
			columns = append(columns, compile.FactColumn{Name: engine.Text(row[0]), Type: engine.Text(row[1])})
			return nil
		})
	if err != nil {
		return nil, err
	}
	o.columns.mu.Lock()
	defer o.columns.mu.Unlock()
	if o.columns.found == nil {
		o.columns.found = map[string][]compile.FactColumn{}
	}
	o.columns.found[name] = columns
	return columns, nil
}

func (o *Olap) factColumns(d *compile.Detailed) (list []Column) {
	for _, a := range d.Members {
		list = append(list, attributeColumn(a))
	}
	for _, c := range d.Columns {
		column := Column{Name: c.Name, Label: c.Name, Kind: "fact", Type: "text", Format: "text"}
		if m := c.Measure; m != nil && m.Kind == cube.Sum { // the earliest of days is not what a day is called
			column.Label, column.Unit, column.Measure, column.Lower = m.Label.In(o.lang), m.Unit, m.Name, m.LowerIsBetter
			if column.Unit == "currency" {
				column.Unit = o.run.Currency
			}
		}
		switch kind := c.Type; {
		case strings.HasPrefix(kind, "DECIMAL"):
			column.Type, column.Format, column.Scale = "decimal", "money", scaleOf(kind)
		case strings.HasSuffix(kind, "INT"), strings.HasSuffix(kind, "INTEGER"):
			column.Type, column.Format = "integer", "integer"
		case kind == "DOUBLE", kind == "FLOAT":
			column.Type, column.Format = "double", "ratio"
		case strings.HasPrefix(kind, "DATE"), strings.HasPrefix(kind, "TIMESTAMP"):
			column.Type, column.Format = "date", "date"
		case kind == "BOOLEAN":
			column.Type = "boolean"
		}
		if strings.HasSuffix(c.Name, "_id") || strings.HasSuffix(c.Name, "_key") || strings.HasPrefix(c.Name, "source") {
			column.Format = "text" // a number that is a name
		}
		list = append(list, column)
	}
	return list
}

// scaleOf is the number of decimals of DECIMAL(precision,scale).
func scaleOf(kind string) int {
	_, scale, _ := strings.Cut(strings.TrimSuffix(kind, ")"), ",")
	n, err := strconv.Atoi(strings.TrimSpace(scale))
	if err != nil {
		return 0
	}
	return n
}

// factReader turns rows of a detail statement into rows to show.
type factReader struct {
	members *builder
	detail  *compile.Detailed
}

func newFactReader(o *Olap, d *compile.Detailed) *factReader {
	return &factReader{newBuilder(o, &compile.Compiled{Rows: d.Members, Calculated: -1}), d}
}

func (r *factReader) row(row []any) []any {
	out := make([]any, 0, len(r.detail.Members)+len(r.detail.Columns))
	for i, a := range r.detail.Members {
		m := r.members.member(i, a, row)
		if m.id != "" && m.id != engine.Text(m.shown) {
			out = append(out, engine.Text(m.shown)+" ("+m.id+")")
			continue
		}
		out = append(out, m.shown)
	}
	for _, at := range r.detail.At {
		out = append(out, row[at])
	}
	return out
}

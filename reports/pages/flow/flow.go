// Package flow has the pages of what moves between suppliers, us and customers:
// order flow, arrivals, suppliers, partners, service, receivables, and the
// scoreboard of the goals.
package flow

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// desk is where a page is written: what every page has, and this package's own.
type desk struct{ *page.Context }

// Board is the page of the goals.
func Board() []page.Page { return []page.Page{{Slug: "goals", Build: goals}} }

// Channel is the page of those who sell for us.
func Channel() []page.Page { return []page.Page{{Slug: "partners", Build: partners}} }

// Pages are the pages of what goes its way every day, in menu order.
func Pages() []page.Page {
	return []page.Page{
		{Slug: "flow", Build: flow},
		{Slug: "arrivals", Build: arrivals},
		{Slug: "suppliers", Build: suppliers},
		{Slug: "service", Build: service},
		{Slug: "receivables", Build: receivables},
	}
}

// rows are the rows of a statement.
func (c desk) rows(ctx context.Context, name string, args ...any) ([][]any, error) {
	var out [][]any
	err := engine.Rows(ctx, c.DB, engine.SQL(page.Statement(sqlFiles, name), args...), func(row []any) error {
		out = append(out, slices.Clone(row))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// figures is the one row of a statement that sums up; nil where it gives none.
func (c desk) figures(ctx context.Context, name string, args ...any) ([]view.Value, error) {
	rows, err := c.rows(ctx, name, args...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := make([]view.Value, len(rows[0]))
	for i, v := range rows[0] {
		out[i] = page.Value(v)
	}
	return out, nil
}

// known tells whether all tables are there, written as schema.table.
func (c desk) known(ctx context.Context, schema string, tables ...string) (bool, error) {
	for _, t := range tables {
		if ok, err := c.Known(ctx, schema, t); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// years are the arguments of a statement that compares the last twelve months
// with the twelve before.
func (c desk) years() []any {
	now := page.LastTwelveMonths(c.AsOf)
	before := now.Before(1)
	return []any{page.ISO(now.From), page.ISO(now.To), page.ISO(before.From), page.ISO(before.To)}
}

// year are the arguments of a statement about the last twelve months.
func (c desk) year(more ...any) []any { return append(c.years()[:2], more...) }

// dark is the page that says which tables would light it up.
func (c desk) dark(slug string, tables ...string) view.Page {
	p := c.Page(slug)
	p.Message = view.Message{Finding: c.T(slug + ".unknown"), Consequence: c.T(slug + ".unknown.so")}
	p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{Title: p.Title, Text: c.T(slug + ".absent"), Tables: tables}}}}}
	return p
}

// absent stands in a section whose tables are not there.
func (c desk) absent(key string, tables ...string) view.Block {
	return view.Block{Absent: &view.Absent{Title: c.T(key), Text: c.T(key + ".absent"), Tables: tables}}
}

// table begins a table: its texts are those of its id, which is not a section's.
func (c desk) table(id string, columns ...view.Column) *view.Table {
	t := &view.Table{ID: id + "-rows", Title: c.T("table." + id), Empty: c.T("table.empty"), Columns: columns}
	if _, ok := c.Word("table." + id + ".sub"); ok {
		t.Subtitle = c.T("table." + id + ".sub")
	}
	if _, ok := c.Word("table." + id + ".foot"); ok {
		t.Footnotes = []string{c.T("table." + id + ".foot")}
	}
	if _, ok := c.Word("table." + id + ".none"); ok {
		t.Empty = c.T("table." + id + ".none")
	}
	return t
}

// word, count, share and money are columns; better says which way is good.
func (c desk) word(key string) view.Column { return view.Column{Label: c.T("flow.col." + key)} }

func (c desk) wide(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Wide: true}
}

func (c desk) count(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Format: view.Integer()}
}

func (c desk) days(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Unit: c.T("flow.days"), Format: view.Integer()}
}

func (c desk) hours(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Unit: c.T("flow.hours"), Format: view.Format{Style: view.Decimal, Decimals: 1}}
}

func (c desk) share(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Unit: "%", Format: view.Pct().Bare(), Total: "≠"}
}

func (c desk) day(key string) view.Column {
	return view.Column{Label: c.T("flow.col." + key), Format: view.Format{Style: view.DayDate}}
}

// money is a column of amounts, in the unit of the largest.
func (c desk) money(key string, values ...view.Value) view.Column {
	format, unit := c.TableMoney(values...)
	return view.Column{Label: c.T("flow.col." + key), Unit: unit, Format: format}
}

// seen draws a column as bars.
func seen(column view.Column, v view.Visual) view.Column {
	column.Visual = v
	return column
}

// better says which way of a column's differences is good.
func better(column view.Column, sign int) view.Column {
	column.Better = sign
	return column
}

// leastCases are the cases that a share is compared with.
const leastCases = 30

// values are the cells of a row from one column on.
func values(row []any, from, to int) []view.Value {
	out := make([]view.Value, 0, to-from)
	for _, v := range row[from:to] {
		out = append(out, page.Value(v))
	}
	return out
}

// column are the values of one column of rows.
func column(rows [][]any, at int) []view.Value {
	out := make([]view.Value, len(rows))
	for i, row := range rows {
		out[i] = page.Value(row[at])
	}
	return out
}

// kpi adds a key figure with its difference to the year before.
func (c desk) kpi(row *view.KPIRow, key string, now, before view.Value, format view.Format, unit string, better int, pairs ...string) {
	k := view.KPI{Label: c.T("flow.kpi." + key), Value: now, Format: format, Unit: unit, Better: better}
	if now.Has() && before.Has() {
		k.Previous, k.Change, k.ChangeFormat, k.Versus = before, view.Sub(now, before), format.Change(), c.T("flow.versus")
		if format.Style != view.Percent {
			k.Relative = view.Relative(now, before)
		} else {
			k.ChangeFormat = points()
			k.ChangeFormat.Suffix = c.T("flow.points")
		}
	}
	if _, ok := c.Word("flow.kpi." + key + ".note"); ok {
		k.Note = c.T("flow.kpi."+key+".note", pairs...)
	}
	row.Items = append(row.Items, k)
}

// points are differences of shares in percentage points.
func points() view.Format {
	return view.Format{Style: view.Decimal, Decimals: 1, Scale: .01, Signed: true}
}

// name is a customer's name as a page may show it.
func (c desk) name(row []any) view.Value {
	return view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2])))
}

// supplier is a supplier's name; one that is not known is said to be so.
func (c desk) supplier(v any) view.Value {
	if s := page.Text(v); s != "" && s != "(unknown)" {
		return view.T(s)
	}
	return view.T(c.T("member.unknown"))
}

// date is a day in a sentence.
func (c desk) date(v view.Value) string { return view.LongDate(c.Lang, v.Date) }

// month is the month of a row.
func month(v any) time.Time {
	t, _ := v.(time.Time)
	return t
}

// since is a figure of the year before, where it rests on enough cases.
func since(cases, v view.Value) view.Value {
	if cases.Float < leastCases {
		return view.Value{}
	}
	return v
}

// plain writes a number in a sentence.
func (c desk) plain(v view.Value) string { return view.Figure(c.Lang, v.Float, 0, false) }

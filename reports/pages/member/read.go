package member

import (
	"context"
	"slices"
	"strings"
	"time"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// How many rows the tables of a page have.
const (
	topRows   = 8 // customers and titles
	moverRows = 5 // of those who grew, and of those who fell
	riskRows  = 5
	partRows  = 10
)

// Measures of a year beside the year before; py is how cubes name the latter.
const (
	py    = "@py"
	delta = "@py:delta"
)

// line is one row of an answer about a member: a part of it, the rest, or all.
type line struct {
	ref, label string
	other      bool
	values     page.Figures
}

// answer is what was asked about the members of a dimension, by their keys.
type answer struct {
	whole map[string]page.Figures // at the level of the member
	parts map[string][]line
}

// facts is everything that the pages of one dimension show.
type facts struct {
	months                                        []time.Time
	figures, before                               answer // the year to date
	now, then, plan                               answer // by month
	customers, grown, fallen, parts, titles, risk answer
	flow, service                                 answer
	names                                         map[string]customer // by key
	fair                                          bool
	window                                        page.Window
	planned                                       string // measure of the plan; "" where nothing is planned
}

// customer is how a customer is called.
type customer struct{ id, name, kind string }

// offered tells whether a cube can be asked by the attribute of a kind: it has the
// dimension, and what fills it was supplied.
func (c desk) offered(ctx context.Context, cubeName string, k kind) (bool, error) {
	dimension, _, _ := strings.Cut(k.attribute, ".")
	if c.Model == nil {
		return false, nil
	}
	of := c.Model.Cube(cubeName)
	if of == nil || of.Use(dimension) == nil {
		return false, nil
	}
	for _, table := range k.needs {
		if known, err := c.Known(ctx, "score", table); err != nil || !known {
			return false, err
		}
	}
	for _, part := range of.Combines { // its facts are those of other cubes
		if ok, err := c.supplied(ctx, c.Model.Cube(part.Cube)); err != nil || !ok {
			return false, err
		}
	}
	return c.supplied(ctx, of)
}

// supplied tells whether the generation has the table of a cube.
func (c desk) supplied(ctx context.Context, of *cube.Cube) (bool, error) {
	if of == nil || of.Table == "" {
		return of != nil, nil
	}
	schema, table, _ := strings.Cut(of.Table, ".")
	return c.Known(ctx, schema, table)
}

// read asks everything about the members of a dimension together.
func (c desk) read(ctx context.Context, k kind, members []entry) (*facts, error) {
	f := &facts{months: page.Months(c.AsOf, 13), window: page.YearToDate(c.AsOf, c.Fiscal)}
	f.fair = c.Comparable(f.window.Before(1))
	q := asker{desk: c, kind: k}
	for _, m := range members {
		q.keys = append(q.keys, m.ref)
	}
	year, months := f.window, page.Window{From: f.months[0], To: c.AsOf}
	customers := []string{"customer.name"}
	q.into(ctx, &f.figures, "sales", year, nil, nil, "net", "margin", "orders", "customers")
	q.into(ctx, &f.before, "sales", year.Before(1), nil, nil, "net", "margin", "orders", "customers")
	q.into(ctx, &f.now, "sales", months, []string{"date.month"}, nil, "net")
	q.into(ctx, &f.then, "sales", months.Before(1), []string{"date.month"}, nil, "net")
	q.into(ctx, &f.customers, "sales", year, customers, &cube.Top{N: topRows, By: "net", Others: true}, "net", "net"+py)
	if f.fair {
		q.into(ctx, &f.grown, "sales", year, customers, &cube.Top{N: moverRows, By: "net" + delta}, "net", "net"+py, "net"+delta)
		q.into(ctx, &f.fallen, "sales", year, customers, &cube.Top{N: moverRows, By: "net" + delta, Bottom: true}, "net", "net"+py, "net"+delta)
	}
	q.into(ctx, &f.parts, "sales", year, []string{k.parts}, nil, "net", "net"+py)
	q.into(ctx, &f.titles, "sales", year, []string{"title.title"}, &cube.Top{N: topRows, By: "net", Others: true}, "net", "net"+py)
	q.into(ctx, &f.flow, "order_flow", year, nil, nil, "on_time", "on_time"+py, "due_lines")
	if k.name != "salesperson" { // there it is who dealt with the ticket
		q.into(ctx, &f.service, "tickets", year, nil, nil, "tickets", "complaints", "complaints"+py)
	}
	q.into(ctx, &f.risk, "churn", page.Window{}, customers, &cube.Top{N: riskRows, By: "value_at_risk", Others: true}, "value_at_risk", "customers")
	f.planned = "planned_net"
	if k.name == "salesperson" {
		f.planned = "target_net"
	}
	q.into(ctx, &f.plan, "attainment", page.Window{From: year.From, To: year.FullYear().To}, []string{"date.month"}, nil, f.planned)
	if q.err != nil {
		return nil, q.err
	}
	return f, c.nameCustomers(ctx, f)
}

// asker asks about the members of one dimension until a question fails.
type asker struct {
	desk
	kind kind
	keys []string
	err  error
}

// into asks a cube, where it can be asked by the attribute, for measures by member
// and, below, by other attributes.
func (q *asker) into(ctx context.Context, a *answer, cubeName string, w page.Window, below []string, top *cube.Top, measures ...string) {
	if q.err != nil {
		return
	}
	ok := false
	if ok, q.err = q.offered(ctx, cubeName, q.kind); !ok {
		return
	}
	query := cube.Query{Cube: cubeName, Rows: append([]string{q.kind.attribute}, below...), Measures: measures,
		Where: []cube.Filter{{Field: q.kind.attribute, Op: "key_in", Values: q.keys}}, Totals: cube.Totals{Rows: len(below) > 0}}
	if w != (page.Window{}) {
		query.Time = &cube.Time{From: page.ISO(w.From), To: page.ISO(w.To)}
	}
	if top != nil {
		with := *top
		with.Field = below[0]
		query.Top = &with
	}
	*a, q.err = q.answer(ctx, query)
}

// answer reads an answer whose first attribute is the member.
func (q *asker) answer(ctx context.Context, query cube.Query) (answer, error) {
	a := answer{whole: map[string]page.Figures{}, parts: map[string][]line{}}
	t, err := q.Asker.Ask(ctx, query)
	if err != nil {
		return a, err
	}
	own := map[string]*cube.Query{}
	for _, row := range t.Rows {
		if len(row.Keys) == 0 {
			continue
		}
		member := row.Keys[0]
		if own[member] == nil {
			own[member] = ofMember(t.Query, member)
		}
		values := page.Figures{}
		page.ReadMeasures(t, row, values)
		values.From(own[member])
		if len(row.Keys) == 1 {
			a.whole[member] = values
			continue
		}
		l := line{ref: row.Keys[1], label: q.MemberLabel(query.Rows[1], row.Cells[1]), other: row.Other, values: values}
		a.parts[member] = append(a.parts[member], l)
	}
	return a, nil
}

// ofMember is a question about many members, asked of one of them alone.
func ofMember(q cube.Query, member string) *cube.Query {
	q.Where = slices.Clone(q.Where)
	for i, f := range q.Where {
		if f.Field == q.Rows[0] && f.Op == "key_in" {
			q.Where[i].Values = []string{member}
		}
	}
	return &q
}

// nameCustomers reads how the customers in the answers are called.
func (c desk) nameCustomers(ctx context.Context, f *facts) error {
	var keys []string
	seen := map[string]bool{}
	for _, a := range []answer{f.customers, f.grown, f.fallen, f.risk} {
		for _, lines := range a.parts {
			for _, l := range lines {
				if !l.other && !seen[l.ref] && strings.Trim(l.ref, "-0123456789") == "" {
					seen[l.ref] = true
					keys = append(keys, l.ref)
				}
			}
		}
	}
	f.names = map[string]customer{}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(keys)
	return engine.Rows(ctx, c.DB, engine.SQL(page.Statement(sqlFiles, "customers"), strings.Join(keys, ",")), func(row []any) error {
		f.names[page.Text(row[0])] = customer{page.Text(row[1]), page.Text(row[2]), page.Text(row[3])}
		return nil
	})
}

// byMonth are the figures of a member over months; those without facts are zero
// where the data reach back to them.
func (c desk) byMonth(a answer, member, measure string, list []time.Time, to time.Time) []view.Value {
	found := map[string]view.Value{}
	for _, l := range a.parts[member] {
		found[l.ref] = l.values[measure]
	}
	out := make([]view.Value, len(list))
	for i, m := range list {
		v := found[m.Format("2006-01")]
		if !v.Has() && c.Covered(m) && !m.After(to) {
			v = view.I(0)
		}
		out[i] = v
	}
	return out
}

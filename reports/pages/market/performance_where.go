package market

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// whereBlocks are sales by subject, channel, region and salesperson, beside the
// year before, where the data reach back to it, and the plan.
func (c desk) whereBlocks(ctx context.Context, w page.Window) ([]view.Block, error) {
	var blocks []view.Block
	for _, attribute := range []string{"class.bucket", "channel.kind", "region.area", "salesperson.name"} {
		t, err := c.whereTable(ctx, attribute, w)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		width := view.Half
		if attribute == "class.bucket" || attribute == "salesperson.name" {
			width = view.Full
		}
		blocks = append(blocks, view.Block{Width: width, Table: t})
	}
	return blocks, nil
}

// where is one member with its figures now, before, and planned.
type where struct {
	label                        view.Value
	net, before, margin, planned view.Value
}

// whereTable compares sales by an attribute; the plan is there for what is planned.
// It is nil where no sale is of a known member.
func (c desk) whereTable(ctx context.Context, attribute string, w page.Window) (*view.Table, error) {
	const most = 15
	now, err := c.By(ctx, "sales", attribute, w, "net", "margin", "net_costed")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(now, func(m page.Member) bool { return m.Known }) {
		return nil, nil
	}
	fair := c.Comparable(w.Before(1))
	var before []page.Member
	if fair {
		if before, err = c.By(ctx, "sales", attribute, w.Before(1), "net"); err != nil {
			return nil, err
		}
	}
	planned, err := c.plan(ctx, attribute, w)
	if err != nil {
		return nil, err
	}
	var keys []string
	byKey := map[string]*where{}
	at := func(m page.Member) *where {
		if byKey[m.Key] == nil {
			keys = append(keys, m.Key)
			byKey[m.Key] = &where{label: c.Linked(view.T(m.Label), attribute, m.Ref), net: view.I(0), before: view.I(0)}
		}
		return byKey[m.Key]
	}
	for _, m := range now {
		x := at(m)
		x.net, x.margin = page.Zero(m.Values["net"]), m.Values["margin"]
	}
	for _, m := range before {
		at(m).before = page.Zero(m.Values["net"])
	}
	aims := 0
	for _, m := range planned {
		aim := m.Values["planned_net"]
		if attribute == "salesperson.name" && m.Values["target_net"].Has() {
			aim = m.Values["target_net"]
		}
		if aim.Has() && m.Known {
			at(m).planned, aims = aim, aims+1
		}
	}
	slices.SortStableFunc(keys, func(a, b string) int {
		switch x, y := byKey[a].net.Float, byKey[b].net.Float; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return c.whereRows(attribute, keys, byKey, columns{before: fair, plan: aims > 0}, most), nil
}

// columns are those that a table of sales by an attribute has beside the sales.
type columns struct{ before, plan bool }

// plan is what was planned by an attribute; nothing in a generation without plans.
func (c desk) plan(ctx context.Context, attribute string, w page.Window) ([]page.Member, error) {
	for _, table := range []string{"fact_plan", "fact_target"} {
		if known, err := c.Known(ctx, "core", table); err != nil || !known {
			return nil, err
		}
	}
	return c.By(ctx, "attainment", attribute, w, "planned_net", "target_net")
}

// whereRows lays the members out, the largest by name.
func (c desk) whereRows(attribute string, keys []string, byKey map[string]*where, has columns, most int) *view.Table {
	largest, costed := view.I(0), false
	for _, k := range keys {
		largest = view.Sum(largest, byKey[k].net)
		costed = costed || byKey[k].margin.Has()
	}
	format, unit := c.TableMoney(largest)
	t := &view.Table{ID: "where-" + attribute, Title: c.T("performance.by." + attribute), Subtitle: c.T("performance.where.sub", "unit", unit), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("head." + attribute)}, {Label: c.T("performance.col.net"), Unit: unit, Format: format}}}
	if has.before {
		t.Columns = append(t.Columns, view.Column{Label: c.T("performance.col.before"), Unit: unit, Format: format},
			view.Column{Label: c.T("performance.col.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}, view.Column{Label: c.T("performance.col.change"), Unit: "%", Format: view.Pct().Bare().Change()})
	}
	if costed {
		t.Columns = append(t.Columns, view.Column{Label: c.T("performance.col.margin"), Unit: unit, Format: format})
	}
	if has.plan {
		t.Columns = append(t.Columns, view.Column{Label: c.T("performance.col.plan"), Unit: unit, Format: format, Total: "–"}, view.Column{Label: c.T("performance.col.attained"), Unit: "%", Format: view.Pct().Bare()})
		t.Footnotes = append(t.Footnotes, c.T("performance.where.foot"))
	}
	add := func(kind view.RowKind, x where) {
		cells := []view.Value{x.label, x.net}
		if has.before {
			cells = append(cells, x.before, view.Sub(x.net, x.before), view.Relative(x.net, x.before))
		}
		if costed {
			cells = append(cells, x.margin)
		}
		if has.plan {
			attained := view.Value{}
			if x.planned.Has() {
				attained = view.Ratio(x.net, x.planned)
			}
			cells = append(cells, x.planned, attained)
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: cells})
	}
	total, rest := where{label: view.T(c.T("row.total")), net: view.I(0), before: view.I(0)}, where{net: view.I(0), before: view.I(0)}
	for i, k := range keys {
		x := byKey[k]
		total.add(x)
		if i < most {
			add(view.Leaf, *x)
			continue
		}
		rest.add(x)
	}
	if n := len(keys) - most; n > 0 {
		rest.label = view.T(c.T("row.others", "n", fmt.Sprint(n)))
		add(view.Others, rest)
	}
	if len(keys) > 0 {
		add(view.Total, total)
	}
	return t
}

// add adds the figures of a member; a margin that is not known of any stays so.
func (w *where) add(x *where) {
	w.net, w.before = view.Sum(w.net, x.net), view.Sum(w.before, x.before)
	if x.margin.Has() {
		w.margin = view.Sum(w.margin, x.margin)
	}
}

// courseBlocks are what became of customers' spend and who changed most.
func (c desk) courseBlocks(ctx context.Context, list []spend, all spend) ([]view.Block, error) {
	format, unit := c.TableMoney(all.before, all.now)
	t := &view.Table{ID: "spend-status", Title: c.T("performance.status"), Subtitle: c.T("performance.where.sub", "unit", unit), Footnotes: []string{c.T("performance.status.foot")},
		Columns: []view.Column{{Label: c.T("performance.col.course")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("performance.col.before"), Unit: unit, Format: format},
			{Label: c.T("performance.col.net"), Unit: unit, Format: format}, {Label: c.T("performance.col.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}}}
	for _, s := range list {
		if s.customers > 0 {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("performance.status." + s.status)), view.I(s.customers), s.before, s.now, s.change}})
		}
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(all.customers), all.before, all.now, all.change}})
	blocks := []view.Block{{Table: t}}
	for _, side := range []struct {
		name string
		sign int
	}{{"losses", -1}, {"gains", 1}} {
		m, err := c.moversTable(ctx, side.name, side.sign, format, unit)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, view.Block{Width: view.Half, Table: m})
	}
	return blocks, nil
}

// moversTable lists the customers who lost or gained most.
func (c desk) moversTable(ctx context.Context, name string, sign int, format view.Format, unit string) (*view.Table, error) {
	const most = 10
	t := &view.Table{ID: "spend-" + name, Title: c.T("performance." + name), Subtitle: c.T("performance.where.sub", "unit", unit), Empty: c.T("performance.movers.none"), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("performance.col.course")}, {Label: c.T("performance.col.before"), Unit: unit, Format: format},
			{Label: c.T("performance.col.net"), Unit: unit, Format: format}, {Label: c.T("performance.col.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_movers"), sign, most), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), view.T(c.T("performance.status." + page.Text(row[5]))),
			page.Value(row[6]), page.Value(row[7]), page.Value(row[8])}})
		return nil
	})
	return t, err
}

// largestTable lists last year's largest who are silent, halved or complained, and
// names the first three.
func (c desk) largestTable(ctx context.Context) (t *view.Table, names string, err error) {
	var rows [][]any
	largest := view.I(0)
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("performance_largest")), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := page.Zero(page.Value(row[5])); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	n := view.Integer()
	t = &view.Table{ID: "largest-list", Title: c.T("performance.largest.title"), Subtitle: c.T("performance.where.sub", "unit", unit), Empty: c.T("performance.largest.none"),
		Footnotes: []string{c.T("performance.largest.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.place"), Format: n}, {Label: c.T("col.customer")}, {Label: c.T("performance.col.course")}, {Label: c.T("col.lastyear"), Unit: unit, Format: format},
			{Label: c.T("col.samedays"), Unit: unit, Format: format}, {Label: c.T("performance.col.since"), Unit: unit, Format: format}, {Label: c.T("performance.col.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1},
			{Label: c.T("performance.col.orders.before"), Format: n}, {Label: c.T("performance.col.orders"), Format: n}, {Label: c.T("performance.col.complaints"), Format: n}, {Label: c.T("col.lastorder"), Format: view.Format{Style: view.DayDate}}}}
	for i, row := range rows {
		name := c.CustomerName(page.Text(row[1]), page.Text(row[2]), page.Text(row[3]))
		if i < 3 {
			if i > 0 {
				names += c.T("list.comma")
			}
			names += name
		}
		status := page.Text(row[4])
		if word, _, more := strings.Cut(status, " "); more { // smaller orders, none yet
			status = word
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{page.Value(row[0]), view.T(name), view.T(c.T("performance.top." + status)), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]),
			page.Value(row[9]), page.Value(row[10]), page.Value(row[11]), page.Value(row[12])}})
	}
	return t, names, err
}

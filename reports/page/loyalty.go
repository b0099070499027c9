package page

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
	"verso/reports/view"
)

// statuses are those of customers who ever bought, in the order of their life.
var statuses = []string{"new", "active", "reactivated", "dormant", "lost"}

// standing are the customers of a type by status.
type standing struct {
	kind  any
	count map[string]int64
}

func (s standing) total() (n int64) {
	for _, c := range s.count {
		n += c
	}
	return n
}

// loyalty answers: who stays, who wavers, and whom shall we call?
func loyalty(ctx context.Context, c *Context) (view.Page, error) {
	p := c.page("loyalty")
	known, err := c.known(ctx, "score", "loyalty")
	if err != nil {
		return p, err
	}
	var list []standing
	all := standing{count: map[string]int64{}}
	if known {
		if list, err = c.readStandings(ctx, &all); err != nil {
			return p, err
		}
	}
	if all.total() == 0 {
		p.Message = view.Message{Finding: c.t("loyalty.unknown"), Consequence: c.t("loyalty.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.t("page.loyalty"), Text: c.t("loyalty.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.t("loyalty.meta"), Unit: c.t("col.customers"), Period: c.t("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	survival, stay, err := c.survivalChart(ctx)
	if err != nil {
		return p, err
	}
	cohorts, err := c.cohortChart(ctx)
	if err != nil {
		return p, err
	}
	rhythm, err := c.rhythmTable(ctx)
	if err != nil {
		return p, err
	}
	dormant, names, err := c.dormantTable(ctx, all.count["dormant"])
	if err != nil {
		return p, err
	}
	p.Message = c.loyaltyMessage(all, names)
	p.Sections = []view.Section{
		{ID: "standing", Title: c.t("loyalty.standing"), Lead: c.t("loyalty.standing.lead"), Blocks: []view.Block{{KPIs: c.loyaltyFigures(all, stay)}, {Table: c.standingTable(list, all)}}},
		{ID: "calls", Title: c.t("loyalty.calls"), Lead: c.t("loyalty.calls.lead"), Blocks: []view.Block{{Table: dormant}}},
		{ID: "course", Title: c.t("loyalty.course"), Lead: c.t("loyalty.course.lead"), Blocks: append(cohorts, view.Block{Width: view.Half, Chart: survival}, view.Block{Width: view.Half, Table: rhythm})},
	}
	return p, nil
}

func (c *Context) readStandings(ctx context.Context, all *standing) ([]standing, error) {
	var list []standing
	err := engine.Rows(ctx, c.db, engine.SQL(statement("loyalty_status")), func(row []any) error {
		if n := len(list); n == 0 || text(list[n-1].kind) != text(row[0]) {
			list = append(list, standing{row[0], map[string]int64{}})
		}
		list[len(list)-1].count[text(row[1])] += whole(row[2])
		all.count[text(row[1])] += whole(row[2])
		return nil
	})
	return list, err
}

func (c *Context) loyaltyMessage(all standing, names string) view.Message {
	open := all.total() - all.count["lost"]
	m := view.Message{Finding: c.t("loyalty.text", "n", count(c.Lang, all.total()), "open", count(c.Lang, open), "share", share(view.Ratio(view.I(open), view.I(all.total()))),
		"lost", count(c.Lang, all.count["lost"]))}
	switch {
	case all.count["dormant"] == 0:
		m.Consequence = c.t("loyalty.so.none")
	case names == "":
		m.Consequence = c.t("loyalty.so.many", "n", count(c.Lang, all.count["dormant"]))
	default:
		m.Consequence = c.t("loyalty.so", "n", count(c.Lang, all.count["dormant"]), "names", names)
	}
	return m
}

func (c *Context) loyaltyFigures(all standing, stay view.Value) *view.KPIRow {
	row := &view.KPIRow{ID: "loyalty-data", Title: c.t("loyalty.standing")}
	for _, s := range statuses {
		better := 1
		if s == "dormant" || s == "lost" {
			better = -1
		}
		row.Items = append(row.Items, view.KPI{Label: c.t("loyalty.status." + s), Value: view.I(all.count[s]), Format: view.Integer(), Better: better,
			Note: c.t("loyalty.of", "share", share(view.Ratio(view.I(all.count[s]), view.I(all.total()))))})
	}
	row.Items = append(row.Items, view.KPI{Label: c.t("loyalty.stay"), Value: stay, Format: view.Pct(), Better: 1, Note: c.t("loyalty.stay.note")})
	return row
}

func (c *Context) standingTable(list []standing, all standing) *view.Table {
	t := &view.Table{ID: "loyalty-standing", Title: c.t("loyalty.standing.table"), Subtitle: c.t("col.customers"), Footnotes: []string{c.t("loyalty.rule")},
		Columns: []view.Column{{Label: c.t("head.customer.type")}, {Label: c.t("col.customers"), Format: view.Integer()}}}
	for _, s := range statuses {
		t.Columns = append(t.Columns, view.Column{Label: c.t("loyalty.status." + s), Format: view.Integer()})
	}
	t.Columns = append(t.Columns, view.Column{Label: c.t("loyalty.lostshare"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share})
	row := func(kind view.RowKind, label view.Value, s standing) {
		cells := []view.Value{label, view.I(s.total())}
		for _, name := range statuses {
			cells = append(cells, view.I(s.count[name]))
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: append(cells, view.Ratio(view.I(s.count["lost"]), view.I(s.total())))})
	}
	for _, s := range list {
		row(view.Leaf, c.kindOf(s.kind), s)
	}
	row(view.Total, view.T(c.t("row.total")), all)
	return t
}

// dormantTable lists whom to call first, and names three of them.
func (c *Context) dormantTable(ctx context.Context, n int64) (t *view.Table, names string, err error) {
	const most = 15
	var rows [][]any
	largest := view.I(0)
	err = engine.Rows(ctx, c.db, engine.SQL(statement("loyalty_dormant"), most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := zero(value(row[10])); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.tableMoney(largest)
	t = &view.Table{ID: "loyalty-dormant", Title: c.t("loyalty.dormant"), Subtitle: c.t("loyalty.dormant.sub"), Empty: c.t("loyalty.so.none"),
		Columns: []view.Column{{Label: c.t("col.customer")}, {Label: c.t("head.customer.type")}, {Label: c.t("head.region.area")}, {Label: c.t("col.lastorder"), Format: view.Format{Style: view.DayDate}},
			{Label: c.t("loyalty.silent"), Format: view.Integer()}, {Label: c.t("loyalty.loston"), Format: view.Format{Style: view.DayDate}},
			{Label: c.t("loyalty.index"), Format: view.Integer()}, {Label: c.t("loyalty.alive"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.t("loyalty.tocome"), Unit: unit, Format: format, Visual: view.Share}}}
	for i, row := range rows {
		name := c.customerName(text(row[0]), text(row[1]), text(row[2]))
		if i < 3 {
			if i > 0 {
				names += c.t("list.comma")
			}
			names += name
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), c.kindOf(row[2]), c.area(row[3], row[4]), value(row[5]), value(row[6]), value(row[7]), value(row[8]), value(row[9]), value(row[10])}})
	}
	if len(rows) > 0 {
		t.Footnotes = []string{c.t("foot.privacy")}
	}
	if rest := n - int64(len(rows)); rest > 0 {
		t.Shown = c.t("loyalty.shown", "n", fmt.Sprint(len(rows)), "of", count(c.Lang, n))
	}
	return t, names, err
}

// survivalChart is the share of customers not lost by months, and that after a year.
func (c *Context) survivalChart(ctx context.Context) (*view.Chart, view.Value, error) {
	stay := view.NA()
	ch := &view.Chart{ID: "survival", Kind: view.Lines, Title: c.t("survival.title"), Subtitle: c.t("survival.sub"), Format: view.Pct(), Better: 1, XName: c.t("survival.x")}
	pct := view.Pct().Bare()
	ch.Table = view.Table{Title: c.t("survival.title"), Columns: []view.Column{{Label: c.t("survival.x")}, {Label: c.t("survival.risk"), Format: view.Integer()},
		{Label: c.t("survival.share"), Unit: "%", Format: pct}, {Label: c.t("survival.from"), Unit: "%", Format: pct}, {Label: c.t("survival.to"), Unit: "%", Format: pct}}}
	line := view.Series{Role: view.AC}
	last, next := view.N(1), int64(0)
	add := func(month int64, row []any) {
		mark := ""
		if month%12 == 0 {
			mark = fmt.Sprint(month)
		}
		ch.Categories, line.Values = append(ch.Categories, mark), append(line.Values, last)
		cells := []view.Value{view.I(month), {}, last, {}, {}}
		if row != nil {
			cells[1], cells[3], cells[4] = value(row[1]), value(row[3]), value(row[4])
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("loyalty_survival")), func(row []any) error {
		for ; next < whole(row[0]); next += 3 {
			add(next, nil)
		}
		last = value(row[2])
		if whole(row[0]) == next {
			add(next, row)
			next += 3
		}
		if whole(row[0]) <= 12 {
			stay = last
		}
		return nil
	})
	ch.Series = []view.Series{line}
	ch.Insight = c.t("survival.text", "share", share(stay))
	return ch, stay, err
}

// cohortChart is the triangle of cohorts as shares, the last eight of them.
func (c *Context) cohortChart(ctx context.Context) ([]view.Block, error) {
	const most = 8
	type cohort struct {
		start time.Time
		size  int64
		came  []int64
	}
	var list []cohort
	err := engine.Rows(ctx, c.db, engine.SQL(statement("loyalty_retention")), func(row []any) error {
		start, _ := row[0].(time.Time)
		if n := len(list); n == 0 || !list[n-1].start.Equal(start) {
			list = append(list, cohort{start: start, size: whole(row[2])})
		}
		x := &list[len(list)-1]
		x.came = append(x.came, whole(row[3]))
		return nil
	})
	if err != nil || len(list) < 2 {
		return nil, err
	}
	list = list[max(0, len(list)-most-1):]
	ages := len(list[0].came)
	ch := &view.Chart{ID: "cohorts", Kind: view.Heat, Title: c.t("cohorts.title"), Subtitle: c.t("cohorts.sub"), XName: c.t("cohorts.x"), Format: view.Pct(), Insight: c.t("cohorts.text")}
	ch.Table = view.Table{Title: c.t("cohorts.title"), Columns: []view.Column{{Label: c.t("cohorts.row")}, {Label: c.t("cohorts.x"), Format: view.Integer()}, {Label: c.t("cohorts.size"), Format: view.Integer()},
		{Label: c.t("cohorts.came"), Format: view.Integer()}, {Label: c.t("cohorts.share"), Unit: "%", Format: view.Pct().Bare()}}}
	for k := 1; k < ages; k++ {
		ch.Categories = append(ch.Categories, fmt.Sprint(k))
	}
	for y, x := range list {
		if len(x.came) < 2 {
			continue
		}
		name := x.start.Format("2006-01")
		ch.Rows = append(ch.Rows, c.t("cohorts.name", "month", name, "n", count(c.Lang, x.size)))
		for k := 1; k < len(x.came); k++ {
			v := view.Ratio(view.I(x.came[k]), view.I(x.size))
			ch.Cells = append(ch.Cells, view.Cell{X: k - 1, Y: y, Value: v, Label: share(v), Shade: shade(v.Float, 1)})
			ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), view.I(int64(k)), view.I(x.size), view.I(x.came[k]), v}})
		}
	}
	return []view.Block{{Chart: ch}}, nil
}

func (c *Context) rhythmTable(ctx context.Context) (*view.Table, error) {
	n, one := view.Integer(), view.Format{Style: view.Decimal, Decimals: 2}
	t := &view.Table{ID: "rhythm", Title: c.t("rhythm.title"), Subtitle: c.t("rhythm.sub"), Empty: c.t("table.empty"), Footnotes: []string{c.t("rhythm.foot")},
		Columns: []view.Column{{Label: c.t("head.customer.type")}, {Label: c.t("rhythm.buyers"), Format: n}, {Label: c.t("rhythm.again"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.t("rhythm.p50"), Format: n}, {Label: c.t("rhythm.p80"), Format: n}, {Label: c.t("rhythm.p90"), Format: n}, {Label: c.t("rhythm.k"), Format: one}}}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("loyalty_rhythm")), func(row []any) error {
		label := c.kindOf(row[0])
		if text(row[0]) == "(all)" {
			label = view.T(c.t("row.all"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, value(row[1]), view.Ratio(value(row[2]), value(row[1])), value(row[3]), value(row[4]), value(row[5]), value(row[6])}})
		return nil
	})
	return t, err
}

package value

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
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
func loyalty(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("loyalty")
	known, err := c.Known(ctx, "score", "loyalty")
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
		p.Message = view.Message{Finding: c.T("loyalty.unknown"), Consequence: c.T("loyalty.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.loyalty"), Text: c.T("loyalty.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.T("loyalty.meta"), Unit: c.T("col.customers"), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	course, stay, err := c.course(ctx)
	if err != nil {
		return p, err
	}
	dormant, names, err := c.dormantTable(ctx, all.count["dormant"])
	if err != nil {
		return p, err
	}
	causes, err := c.causeSection(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.loyaltyMessage(all, names)
	p.Sections = []view.Section{
		{ID: "standing", Title: c.T("loyalty.standing"), Lead: c.T("loyalty.standing.lead"), Blocks: []view.Block{{KPIs: c.loyaltyFigures(all, stay)}, {Table: c.standingTable(list, all)}}},
		{ID: "calls", Title: c.T("loyalty.calls"), Lead: c.T("loyalty.calls.lead"), Blocks: []view.Block{{Table: dormant}}},
		{ID: "course", Title: c.T("loyalty.course"), Lead: c.T("loyalty.course.lead"), Blocks: course},
	}
	p.Sections = append(p.Sections, causes...)
	return p, nil
}

func (c desk) readStandings(ctx context.Context, all *standing) ([]standing, error) {
	var list []standing
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_status")), func(row []any) error {
		if n := len(list); n == 0 || page.Text(list[n-1].kind) != page.Text(row[0]) {
			list = append(list, standing{row[0], map[string]int64{}})
		}
		list[len(list)-1].count[page.Text(row[1])] += page.Whole(row[2])
		all.count[page.Text(row[1])] += page.Whole(row[2])
		return nil
	})
	return list, err
}

func (c desk) loyaltyMessage(all standing, names string) view.Message {
	open := all.total() - all.count["lost"]
	m := view.Message{Finding: c.T("loyalty.text", "n", page.Count(c.Lang, all.total()), "open", page.Count(c.Lang, open), "share", c.Share(view.Ratio(view.I(open), view.I(all.total()))),
		"lost", page.Count(c.Lang, all.count["lost"]))}
	switch {
	case all.count["dormant"] == 0:
		m.Consequence = c.T("loyalty.so.none")
	case names == "":
		m.Consequence = c.T("loyalty.so.many", "n", page.Count(c.Lang, all.count["dormant"]))
	default:
		m.Consequence = c.T("loyalty.so", "n", page.Count(c.Lang, all.count["dormant"]), "names", names)
	}
	return m
}

func (c desk) loyaltyFigures(all standing, stay view.Value) *view.KPIRow {
	row := &view.KPIRow{ID: "loyalty-data", Title: c.T("loyalty.standing")}
	for _, s := range statuses {
		better := 1
		if s == "dormant" || s == "lost" {
			better = -1
		}
		row.Items = append(row.Items, view.KPI{Label: c.T("loyalty.status." + s), Value: view.I(all.count[s]), Format: view.Integer(), Better: better,
			Note: c.T("loyalty.of", "share", c.Share(view.Ratio(view.I(all.count[s]), view.I(all.total()))))})
	}
	row.Items = append(row.Items, view.KPI{Label: c.T("loyalty.stay"), Value: stay, Format: view.Pct(), Better: 1, Note: c.T("loyalty.stay.note")})
	return row
}

func (c desk) standingTable(list []standing, all standing) *view.Table {
	t := &view.Table{ID: "loyalty-standing", Title: c.T("loyalty.standing.table"), Subtitle: c.T("col.customers"), Footnotes: []string{c.T("loyalty.rule")},
		Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("col.customers"), Format: view.Integer()}}}
	for _, s := range statuses {
		t.Columns = append(t.Columns, view.Column{Label: c.T("loyalty.status." + s), Format: view.Integer()})
	}
	t.Columns = append(t.Columns, view.Column{Label: c.T("loyalty.lostshare"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share})
	row := func(kind view.RowKind, label view.Value, s standing) {
		cells := []view.Value{label, view.I(s.total())}
		for _, name := range statuses {
			cells = append(cells, view.I(s.count[name]))
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: append(cells, view.Ratio(view.I(s.count["lost"]), view.I(s.total())))})
	}
	for _, s := range list {
		row(view.Leaf, c.KindOf(s.kind), s)
	}
	row(view.Total, view.T(c.T("row.total")), all)
	return t
}

// dormantTable lists whom to call first, and names three of them.
func (c desk) dormantTable(ctx context.Context, n int64) (t *view.Table, names string, err error) {
	const most = 15
	var rows [][]any
	largest := view.I(0)
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_dormant"), most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := page.Zero(page.Value(row[10])); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	t = &view.Table{ID: "loyalty-dormant", Title: c.T("loyalty.dormant"), Subtitle: c.T("loyalty.dormant.sub"), Empty: c.T("loyalty.so.none"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("col.lastorder"), Format: view.Format{Style: view.DayDate}},
			{Label: c.T("loyalty.silent"), Format: view.Integer()}, {Label: c.T("loyalty.loston"), Format: view.Format{Style: view.DayDate}},
			{Label: c.T("loyalty.index"), Format: view.Integer()}, {Label: c.T("loyalty.alive"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.T("loyalty.tocome"), Unit: unit, Format: format, Visual: view.Share}}}
	for i, row := range rows {
		name := c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))
		if i < 3 {
			if i > 0 {
				names += c.T("list.comma")
			}
			names += name
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10])}})
	}
	if len(rows) > 0 {
		t.Footnotes = []string{c.T("foot.privacy")}
	}
	if rest := n - int64(len(rows)); rest > 0 {
		t.Shown = c.T("loyalty.shown", "n", fmt.Sprint(len(rows)), "of", page.Count(c.Lang, n))
	}
	return t, names, err
}

// course is how customers stay over time, and the share that does after a year; what
// of it is known of all customers together only is left out where they are not open.
func (c desk) course(ctx context.Context) ([]view.Block, view.Value, error) {
	if c.Lacks("score.survival", "score.retention", "score.rhythm") {
		return []view.Block{c.WholeOnly(c.T("loyalty.course"))}, view.NA(), nil
	}
	survival, stay, err := c.survivalChart(ctx)
	if err != nil {
		return nil, stay, err
	}
	cohorts, err := c.cohortChart(ctx)
	if err != nil {
		return nil, stay, err
	}
	rhythm, err := c.rhythmTable(ctx)
	if err != nil {
		return nil, stay, err
	}
	kept, err := c.keptTable(ctx)
	return append(cohorts, view.Block{Width: view.Half, Chart: survival}, view.Block{Width: view.Half, Table: rhythm}, view.Block{Width: view.Half, Table: kept}), stay, err
}

// survivalChart is the share of customers not lost by months, and that after a year.
func (c desk) survivalChart(ctx context.Context) (*view.Chart, view.Value, error) {
	stay := view.NA()
	ch := &view.Chart{ID: "survival", Kind: view.Lines, Title: c.T("survival.title"), Subtitle: c.T("survival.sub"), Format: view.Pct(), Better: 1, XName: c.T("survival.x")}
	pct := view.Pct().Bare()
	ch.Table = view.Table{Title: c.T("survival.title"), Columns: []view.Column{{Label: c.T("survival.x")}, {Label: c.T("survival.risk"), Format: view.Integer()},
		{Label: c.T("survival.share"), Unit: "%", Format: pct}, {Label: c.T("survival.from"), Unit: "%", Format: pct}, {Label: c.T("survival.to"), Unit: "%", Format: pct}}}
	line := view.Series{Role: view.AC}
	last, low, high, next := view.N(1), view.N(1), view.N(1), int64(0)
	add := func(month int64, row []any) {
		mark := ""
		if month%12 == 0 {
			mark = fmt.Sprint(month)
		}
		ch.Categories, line.Values = append(ch.Categories, mark), append(line.Values, last)
		line.Low, line.High = append(line.Low, low), append(line.High, high)
		cells := []view.Value{view.I(month), {}, last, {}, {}}
		if row != nil {
			cells[1], cells[3], cells[4] = page.Value(row[1]), page.Value(row[3]), page.Value(row[4])
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_survival")), func(row []any) error {
		for ; next < page.Whole(row[0]); next += 3 {
			add(next, nil)
		}
		last, low, high = page.Value(row[2]), page.Value(row[3]), page.Value(row[4])
		if page.Whole(row[0]) == next {
			add(next, row)
			next += 3
		}
		if page.Whole(row[0]) <= 12 {
			stay = last
		}
		return nil
	})
	ch.Series = []view.Series{line}
	ch.Insight = c.T("survival.text", "share", c.Share(stay))
	return ch, stay, err
}

// cohortChart is the triangle of cohorts as shares, the last eight of them.
func (c desk) cohortChart(ctx context.Context) ([]view.Block, error) {
	const most = 8
	type cohort struct {
		start time.Time
		size  int64
		came  []int64
	}
	var list []cohort
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_retention")), func(row []any) error {
		start, _ := row[0].(time.Time)
		if n := len(list); n == 0 || !list[n-1].start.Equal(start) {
			list = append(list, cohort{start: start, size: page.Whole(row[2])})
		}
		x := &list[len(list)-1]
		x.came = append(x.came, page.Whole(row[3]))
		return nil
	})
	if err != nil || len(list) < 2 {
		return nil, err
	}
	list = list[max(0, len(list)-most-1):]
	ages := len(list[0].came)
	ch := &view.Chart{ID: "cohorts", Kind: view.Heat, Title: c.T("cohorts.title"), Subtitle: c.T("cohorts.sub"), XName: c.T("cohorts.x"), Format: view.Pct(), Insight: c.T("cohorts.text")}
	ch.Table = view.Table{Title: c.T("cohorts.title"), Columns: []view.Column{{Label: c.T("cohorts.row")}, {Label: c.T("cohorts.x"), Format: view.Integer()}, {Label: c.T("cohorts.size"), Format: view.Integer()},
		{Label: c.T("cohorts.came"), Format: view.Integer()}, {Label: c.T("cohorts.share"), Unit: "%", Format: view.Pct().Bare()}}}
	for k := 1; k < ages; k++ {
		ch.Categories = append(ch.Categories, fmt.Sprint(k))
	}
	for y, x := range list {
		if len(x.came) < 2 {
			continue
		}
		name := x.start.Format("2006-01")
		ch.Rows = append(ch.Rows, c.T("cohorts.name", "month", name, "n", page.Count(c.Lang, x.size)))
		for k := 1; k < len(x.came); k++ {
			v := view.Ratio(view.I(x.came[k]), view.I(x.size))
			ch.Cells = append(ch.Cells, view.Cell{X: k - 1, Y: y, Value: v, Label: c.Share(v), Shade: page.Shade(v.Float, 1)})
			ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), view.I(int64(k)), view.I(x.size), view.I(x.came[k]), v}})
		}
	}
	return []view.Block{{Chart: ch}}, nil
}

func (c desk) rhythmTable(ctx context.Context) (*view.Table, error) {
	n, one := view.Integer(), view.Format{Style: view.Decimal, Decimals: 2}
	t := &view.Table{ID: "rhythm", Title: c.T("rhythm.title"), Subtitle: c.T("rhythm.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("rhythm.foot")},
		Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("rhythm.buyers"), Format: n}, {Label: c.T("rhythm.again"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.T("rhythm.p50"), Format: n}, {Label: c.T("rhythm.p80"), Format: n}, {Label: c.T("rhythm.p90"), Format: n}, {Label: c.T("rhythm.k"), Format: one}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("loyalty_rhythm")), func(row []any) error {
		label := c.KindOf(row[0])
		if page.Text(row[0]) == "(all)" {
			label = view.T(c.T("row.all"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, page.Value(row[1]), view.Ratio(page.Value(row[2]), page.Value(row[1])), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
		return nil
	})
	return t, err
}

package market

import (
	"context"
	"fmt"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// spend is what became of the customers of one status.
type spend struct {
	status              string
	customers, both     int64
	before, now, change view.Value
	likeBefore, likeNow view.Value
}

// ends are both ends of a bridge.
type ends struct {
	netBefore, netAfter, marginBefore, marginAfter, rateBefore, rateAfter view.Value
}

// performance answers: what sells where through whom, and why is the margin not
// what it was?
func performance(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("performance")
	known, err := c.Known(ctx, "score", "gain_loss")
	if err != nil {
		return p, err
	}
	var list []spend
	if known {
		if list, err = c.readSpend(ctx); err != nil {
			return p, err
		}
	}
	all, w := spendOf(list), page.LastTwelveMonths(c.AsOf)
	if all.customers == 0 {
		return c.performanceAlone(ctx, p, w)
	}
	bridges, err := c.readEnds(ctx)
	if err != nil {
		return p, err
	}
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	bridge, largest, err := c.bridgeBlocks(ctx, bridges)
	if err != nil {
		return p, err
	}
	where, err := c.whereBlocks(ctx, w)
	if err != nil {
		return p, err
	}
	course, err := c.courseBlocks(ctx, list, all)
	if err != nil {
		return p, err
	}
	big, names, err := c.largestTable(ctx)
	if err != nil {
		return p, err
	}
	service, err := c.serviceBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.performanceMessage(all, bridges["last_12_months"], largest, names)
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("performance.whole"), Blocks: []view.Block{{KPIs: c.performanceFigures(list, all, bridges["last_12_months"])}}},
		{ID: "bridge", Title: c.T("performance.bridge"), Lead: c.T("performance.bridge.lead"), Blocks: bridge},
		{ID: "where", Title: c.T("performance.where"), Lead: c.T("performance.where.lead"), Blocks: where},
		{ID: "spend", Title: c.T("performance.spend"), Lead: c.T("performance.spend.lead"), Blocks: course},
		{ID: "largest", Title: c.T("performance.largest"), Lead: c.T("performance.largest.lead"), Blocks: []view.Block{{Table: big}}},
		{ID: "service", Title: c.T("performance.service"), Lead: c.T("performance.service.lead"), Blocks: service},
	}
	return p, nil
}

// performanceAlone is the page where nothing was compared with the year before:
// because the data do not reach back to it, or because nobody bought.
func (c desk) performanceAlone(ctx context.Context, p view.Page, w page.Window) (view.Page, error) {
	total, err := c.Total(ctx, "sales", w, "net", "orders", "customers")
	if err != nil {
		return p, err
	}
	if !total["net"].Has() || c.Comparable(w.Before(1)) {
		p.Message = view.Message{Finding: c.T("performance.unknown"), Consequence: c.T("performance.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.performance"), Text: c.T("performance.absent"), Tables: []string{"order_header", "order_line", "customer", "purchase_line"}}}}}}
		return p, nil
	}
	where, err := c.whereBlocks(ctx, w)
	if err != nil {
		return p, err
	}
	service, err := c.serviceBlocks(ctx)
	if err != nil {
		return p, err
	}
	format, unit := c.Money(total["net"])
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	p.Message = view.Message{Finding: c.T("performance.alone", "now", c.Amount(total["net"])), Consequence: c.NoComparison()}
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("performance.whole"), Blocks: []view.Block{{KPIs: &view.KPIRow{ID: "performance-data", Title: c.T("performance.whole"), Items: []view.KPI{
			{Label: c.T("performance.kpi.net"), Value: total["net"], Format: format, Unit: unit, Better: 1, Note: c.T("kpi.alone")},
			{Label: c.T("kpi.orders"), Value: total["orders"], Format: view.Integer(), Better: 1, Note: c.T("kpi.alone")},
			{Label: c.T("kpi.customers"), Value: total["customers"], Format: view.Integer(), Better: 1, Note: c.T("kpi.alone")}}}}}},
		{ID: "where", Title: c.T("performance.where"), Blocks: where},
		{ID: "service", Title: c.T("performance.service"), Lead: c.T("performance.service.lead"), Blocks: service},
	}
	return p, nil
}

func (c desk) readSpend(ctx context.Context) ([]spend, error) {
	var list []spend
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_status")), func(row []any) error {
		list = append(list, spend{page.Text(row[0]), page.Whole(row[1]), page.Whole(row[5]), page.Zero(page.Value(row[2])), page.Zero(page.Value(row[3])), page.Zero(page.Value(row[4])),
			page.Zero(page.Value(row[6])), page.Zero(page.Value(row[7]))})
		return nil
	})
	return list, err
}

// spendOf adds all up.
func spendOf(list []spend) spend {
	all := spend{before: view.I(0), now: view.I(0), change: view.I(0), likeBefore: view.I(0), likeNow: view.I(0)}
	for _, s := range list {
		all.customers, all.both = all.customers+s.customers, all.both+s.both
		all.before, all.now, all.change = view.Sum(all.before, s.before), view.Sum(all.now, s.now), view.Sum(all.change, s.change)
		all.likeBefore, all.likeNow = view.Sum(all.likeBefore, s.likeBefore), view.Sum(all.likeNow, s.likeNow)
	}
	return all
}

func (c desk) readEnds(ctx context.Context) (map[string]ends, error) {
	found := map[string]ends{}
	known, err := c.Known(ctx, "score", "bridge_total")
	if err != nil || !known {
		return found, err
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("performance_ends")), func(row []any) error {
		found[page.Text(row[0])] = ends{page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}
		return nil
	})
	return found, err
}

// performanceMessage says what sales and margin did, and what did most to the
// margin.
func (c desk) performanceMessage(all spend, b ends, largest string, names string) view.Message {
	m := view.Message{Finding: c.T("performance.text", "now", c.Amount(all.now), "change", c.SignedAmount(all.change))}
	if b.marginAfter.Has() && b.rateAfter.Has() && b.rateBefore.Has() {
		m.Finding = c.T("performance.text.margin", "now", c.Amount(all.now), "change", c.SignedAmount(all.change), "margin", c.SignedAmount(view.Sub(b.marginAfter, b.marginBefore)),
			"rate", c.Share(b.rateAfter), "before", c.Share(b.rateBefore), "effect", largest)
	}
	if names == "" {
		m.Consequence = c.T("performance.so.none")
	} else {
		m.Consequence = c.T("performance.so", "names", names)
	}
	return m
}

func (c desk) performanceFigures(list []spend, all spend, b ends) *view.KPIRow {
	row := &view.KPIRow{ID: "performance-data", Title: c.T("performance.whole")}
	format, unit := c.Money(all.now)
	before := c.T("performance.versus")
	row.Items = append(row.Items, view.KPI{Label: c.T("performance.kpi.net"), Value: all.now, Format: format, Unit: unit, Previous: all.before, Change: all.change, Relative: view.Relative(all.now, all.before),
		ChangeFormat: format.Change(), Versus: before, Better: 1},
		view.KPI{Label: c.T("performance.kpi.like"), Value: view.Relative(all.likeNow, all.likeBefore), Format: view.Pct().Change(), Better: 1, Note: c.T("performance.kpi.like.note", "n", page.Count(c.Lang, all.both))})
	if b.marginAfter.Has() {
		format, unit = c.Money(b.marginAfter)
		row.Items = append(row.Items, view.KPI{Label: c.T("performance.kpi.margin"), Value: b.marginAfter, Format: format, Unit: unit, Previous: b.marginBefore, Change: view.Sub(b.marginAfter, b.marginBefore),
			Relative: view.Relative(b.marginAfter, b.marginBefore), ChangeFormat: format.Change(), Versus: before, Better: 1},
			view.KPI{Label: c.T("performance.kpi.rate"), Value: b.rateAfter, Format: view.Pct(), Better: 1, Note: c.T("performance.kpi.rate.note", "share", c.Share(b.rateBefore))})
	}
	for _, s := range list {
		if s.status == "new" || s.status == "lost" {
			better := 1
			if s.status == "lost" {
				better = -1
			}
			row.Items = append(row.Items, view.KPI{Label: c.T("performance.kpi." + s.status), Value: view.I(s.customers), Format: view.Integer(), Better: better, Note: c.SignedAmount(s.change)})
		}
	}
	return row
}

// bridgeBlocks are the bridge of the margin, what is out of the usual, and the
// bridge by subject; largest names the effect that did most.
func (c desk) bridgeBlocks(ctx context.Context, b map[string]ends) (blocks []view.Block, largest string, err error) {
	year, ok := b["last_12_months"]
	if !ok {
		return []view.Block{{Absent: &view.Absent{Title: c.T("performance.bridge"), Text: c.T("performance.bridge.absent"), Tables: []string{"purchase_order", "purchase_line"}}}}, "", nil
	}
	ytd := b["year_to_date"]
	format, unit := c.TableMoney(year.marginBefore, year.marginAfter)
	points := view.Pct().Bare()
	t := &view.Table{ID: "bridge-whole", Title: c.T("performance.bridge.title"), Subtitle: c.T("performance.bridge.sub", "unit", unit), Footnotes: []string{c.T("performance.bridge.foot")},
		Columns: []view.Column{{Label: c.T("performance.col.effect")}, {Label: c.T("performance.col.year"), Unit: unit, Format: format, Visual: view.Variance, Better: 1}, {Label: c.T("performance.col.points"), Unit: "%", Format: points},
			{Label: c.T("performance.col.ytd"), Unit: unit, Format: format, Visual: view.Variance, Better: 1}, {Label: c.T("performance.col.points"), Unit: "%", Format: points}}}
	t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("performance.effect.before")), year.marginBefore, year.rateBefore, ytd.marginBefore, ytd.rateBefore}})
	most, coverage := 0.0, view.I(0)
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("performance_bridge")), func(row []any) error {
		name, amount := c.T("performance.effect."+page.Text(row[0])), page.Value(row[1])
		t.Rows = append(t.Rows, view.Row{Level: 1, Cells: []view.Value{view.T(name), amount, page.Value(row[2]), page.Value(row[3]), page.Value(row[4])}})
		if page.Text(row[0]) == "coverage" {
			coverage = amount
		} else if size := max(amount.Float, -amount.Float); size > most {
			most, largest = size, c.T("performance.effect.amount", "effect", name, "amount", c.SignedAmount(amount))
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	if size := max(coverage.Float, -coverage.Float); size > most {
		largest = c.T("performance.effect.coverage.first", "amount", c.SignedAmount(coverage), "next", largest)
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("performance.effect.after")), year.marginAfter, year.rateAfter, ytd.marginAfter, ytd.rateAfter}})
	alarms, err := c.alarmTable(ctx)
	if err != nil {
		return nil, "", err
	}
	classes, err := c.bridgeByClass(ctx, year)
	return []view.Block{{Width: view.Half, Table: t}, {Width: view.Half, Table: alarms}, {Table: classes}}, largest, err
}

// alarmTable lists the effects of the last eight quarters that are out of the usual.
func (c desk) alarmTable(ctx context.Context) (*view.Table, error) {
	const quarters = 8
	points := view.Pct().Bare().Change()
	t := &view.Table{ID: "bridge-alarms", Title: c.T("performance.alarms"), Subtitle: c.T("performance.alarms.sub"), Empty: c.T("performance.alarms.none"), Footnotes: []string{c.T("performance.alarms.foot")},
		Columns: []view.Column{{Label: c.T("performance.col.quarter")}, {Label: c.T("performance.col.effect")}, {Label: c.T("performance.col.points"), Unit: "%", Format: points},
			{Label: c.T("performance.col.low"), Unit: "%", Format: points}, {Label: c.T("performance.col.high"), Unit: "%", Format: points}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_alarms"), quarters), func(row []any) error {
		name := c.T("performance.effect." + page.Text(row[1]))
		if member := page.Text(row[2]); member != "" {
			name = c.T("performance.effect.of", "effect", name, "member", member)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(name), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
		return nil
	})
	return t, err
}

// bridgeByClass is the bridge by subject, the largest changes by name.
func (c desk) bridgeByClass(ctx context.Context, year ends) (*view.Table, error) {
	const most = 12
	format, unit := c.TableMoney(year.marginBefore, year.marginAfter)
	t := &view.Table{ID: "bridge-classes", Title: c.T("performance.classes"), Subtitle: c.T("performance.bridge.sub", "unit", unit), Empty: c.T("table.empty"), Columns: []view.Column{{Label: c.T("head.class.bucket")}}}
	for _, name := range []string{"before", "volume", "shift", "selling", "currency", "buying", "coverage", "after"} {
		column := view.Column{Label: c.T("performance.effect." + name), Unit: unit, Format: format}
		if name != "before" && name != "after" {
			column.Format, column.Better = format.Change(), 1
		}
		t.Columns = append(t.Columns, column)
	}
	sums, rest, n := make([]view.Value, 8), make([]view.Value, 8), 0
	for i := range sums {
		sums[i], rest[i] = view.I(0), view.I(0)
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_classes")), func(row []any) error {
		label := c.MemberLabel("class.bucket", row[0])
		if name := c.InLanguage(page.Text(row[9]), page.Text(row[10])); name != "" {
			label += " " + name
		}
		cells := []view.Value{view.T(label)}
		for i := range sums {
			v := page.Zero(page.Value(row[1+i]))
			cells, sums[i] = append(cells, v), view.Sum(sums[i], v)
			if n >= most {
				rest[i] = view.Sum(rest[i], v)
			}
		}
		if n++; n <= most {
			t.Rows = append(t.Rows, view.Row{Cells: cells})
		}
		return nil
	})
	if n > most {
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: append([]view.Value{view.T(c.T("row.others", "n", fmt.Sprint(n-most)))}, rest...)})
	}
	if n > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: append([]view.Value{view.T(c.T("row.total"))}, sums...)})
	}
	return t, err
}

package risk

import (
	"context"
	"fmt"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// drawnOrigins are the days looked back from that the chart shows, the last.
const drawnOrigins = 12

// churn answers: how many customers are about to stop, where, and why?
func churn(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("churn")
	s, err := c.scored(ctx)
	if err != nil {
		return p, err
	}
	if s.customers == 0 {
		return c.absent(p), nil
	}
	p.Meta = view.Meta{Measure: c.T("churn.meta"), Unit: c.T("col.customers"), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	course, figures, err := c.course(ctx, s)
	if err != nil {
		return p, err
	}
	types, err := c.typePart(ctx, s)
	if err != nil {
		return p, err
	}
	areas, err := c.areaTable(ctx)
	if err != nil {
		return p, err
	}
	why, first, err := c.whyTable(ctx)
	if err != nil {
		return p, err
	}
	changes, err := c.changeBlocks(ctx)
	if err != nil {
		return p, err
	}
	quiet, scored, err := c.quietSection(ctx)
	if err != nil {
		return p, err
	}
	losses, err := c.lossSections(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.churnMessage(s, first)
	p.Sections = []view.Section{
		{ID: "rate", Title: c.T("churn.rate"), Lead: c.T("churn.rate.lead"), Blocks: append([]view.Block{{KPIs: figures}}, course...)},
		{ID: "where", Title: c.T("churn.where"), Lead: c.T("churn.where.lead"), Blocks: []view.Block{types, {Table: areas}}},
		{ID: "why", Title: c.T("churn.why"), Lead: c.T("churn.why.lead"), Blocks: []view.Block{{Table: why}, {Note: &view.Note{Text: c.T("churn.why.causes")}}}},
		{ID: "changes", Title: c.T("churn.changes"), Lead: c.T("churn.changes.lead"), Blocks: changes},
	}
	if scored {
		p.Sections = append(p.Sections, quiet)
	}
	p.Sections = append(p.Sections, losses...)
	return p, nil
}

func (c desk) churnMessage(s atRisk, first string) view.Message {
	m := view.Message{Finding: c.T(s.word("churn.text"), "high", page.Count(c.Lang, s.high), "n", page.Count(c.Lang, s.customers), "value", c.Amount(s.value))}
	if !s.scored {
		m.Finding = c.T("churn.text.unscored", "n", page.Count(c.Lang, s.customers))
	}
	m.Consequence = c.T("churn.so.none")
	if s.listed > 0 {
		m.Consequence = c.T("churn.so", "n", page.Count(c.Lang, s.listed))
		if first != "" {
			m.Consequence += c.T("churn.so.why", "why", first)
		}
	}
	return m
}

// course is the rate over time, and the key figures.
func (c desk) course(ctx context.Context, s atRisk) ([]view.Block, *view.KPIRow, error) {
	var rows [][]any
	var err error
	whole := !c.Lacks("score.churn_rate")
	if whole {
		if rows, err = c.read(ctx, "churn_course"); err != nil {
			return nil, nil, err
		}
	}
	changed := map[string]int64{}
	counts, err := c.read(ctx, "churn_changes")
	if err != nil {
		return nil, nil, err
	}
	for _, row := range counts {
		changed[page.Text(row[0])] = page.Whole(row[1])
	}
	kpis := &view.KPIRow{ID: "churn-data", Title: c.T("churn.rate")}
	add := func(key string, v view.Value, f view.Format, unit string, better int, pairs ...string) {
		kpis.Items = append(kpis.Items, view.KPI{Label: c.T("churn.kpi." + key), Value: v, Format: f, Unit: unit, Better: better, Note: c.T("churn.kpi."+key+".note", pairs...)})
	}
	add("high", view.I(s.high), view.Integer(), "", -1, "medium", page.Count(c.Lang, s.medium), "n", page.Count(c.Lang, s.customers))
	format, unit := c.Money(s.value)
	add("value", s.value, format, unit, -1)
	kpis.Items[len(kpis.Items)-1].Note = c.T(s.word("churn.kpi.value.note"))
	add("expected", view.Ratio(s.expected, view.I(s.customers)), view.Pct(), "", -1)
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		add("left", view.Ratio(page.Value(last[2]), page.Value(last[1])), view.Pct(), "", -1, "date", c.day(last[0]))
		add("back", view.Ratio(page.Value(last[3]), page.Value(last[2])), view.Pct(), "", 1)
	}
	add("fading", view.I(changed["fading"]), view.Integer(), "", -1, "partial", page.Count(c.Lang, changed["partial"]))
	if rows = rows[max(0, len(rows)-drawnOrigins):]; len(rows) < 2 {
		if !whole {
			return []view.Block{c.WholeOnly(c.T("churn.course"))}, kpis, nil
		}
		return nil, kpis, nil
	}
	ch := &view.Chart{ID: "churn-rate", Kind: view.Lines, Title: c.T("churn.course"), Subtitle: c.T("churn.course.sub"), Insight: c.T("churn.course.text"), Format: view.Pct(), Better: -1}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("churn.origin"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("col.customers"), Format: view.Integer()},
		{Label: c.T("churn.horizon.half"), Unit: "%", Format: bare()}, {Label: c.T("churn.horizon.usual"), Unit: "%", Format: bare()}, {Label: c.T("churn.horizon.double"), Unit: "%", Format: bare()}}}
	series := []view.Series{{Name: c.T("churn.horizon.usual"), Role: view.AC}, {Name: c.T("churn.horizon.half"), Role: view.Other}, {Name: c.T("churn.horizon.double"), Role: view.Other}}
	for _, row := range rows {
		ch.Categories = append(ch.Categories, monthOf(row[0]))
		shares := []view.Value{view.Ratio(page.Value(row[2]), page.Value(row[1])), share(row[4], row[1]), share(row[5], row[1])}
		for k := range series {
			series[k].Values = append(series[k].Values, shares[k])
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{page.Value(row[0]), page.Value(row[1]), shares[1], shares[0], shares[2]}})
	}
	ch.Series = series
	return []view.Block{{Chart: ch}}, kpis, nil
}

// share is a count of the whole; no data where the count is not known.
func share(part, whole any) view.Value {
	if part == nil {
		return view.Value{}
	}
	return view.Ratio(page.Value(part), page.Value(whole))
}

// monthOf is a day as year and month, short enough for an axis.
func monthOf(v any) string {
	if t, ok := v.(time.Time); ok {
		return t.Format("2006-01")
	}
	return page.Text(v)
}

func (c desk) day(v any) string {
	if t, ok := v.(time.Time); ok {
		return view.ShortDate(c.Lang, t)
	}
	return page.Text(v)
}

// typePart are the customers at risk by type, or why they are not told.
func (c desk) typePart(ctx context.Context, s atRisk) (view.Block, error) {
	if c.Lacks("score.churn_rate") {
		return c.WholeOnly(c.T("churn.types")), nil
	}
	t, err := c.typeTable(ctx, s)
	return view.Block{Table: t}, err
}

func (c desk) typeTable(ctx context.Context, s atRisk) (*view.Table, error) {
	rows, err := c.read(ctx, "churn_type")
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 4)...)
	n := view.Integer()
	t := &view.Table{ID: "churn-types", Title: c.T("churn.types"), Subtitle: c.T(s.word("churn.types.sub")), Footnotes: []string{c.T("churn.types.foot")},
		Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("col.customers"), Format: n}, {Label: c.T("churn.high"), Format: n}, {Label: c.T("churn.expected"), Unit: "%", Format: bare(), Visual: view.Share},
			{Label: c.T("churn.atstake"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("churn.horizon"), Format: n, Total: "–"}, {Label: c.T("churn.leftlast"), Unit: "%", Format: bare()}, {Label: c.T("churn.cameback"), Unit: "%", Format: bare()}}}
	var sums [7]view.Value
	for i := range sums {
		sums[i] = view.I(0)
	}
	for _, row := range rows {
		for i, k := range []int{1, 2, 3, 4, 6, 7, 8} {
			sums[i] = view.Sum(sums[i], page.Value(row[k]))
		}
		label := c.KindOf(row[0])
		if page.Text(row[0]) == "" {
			label = view.T(c.T("churn.notype"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, page.Value(row[1]), page.Value(row[2]), view.Ratio(page.Value(row[3]), page.Value(row[1])), page.Value(row[4]), page.Value(row[5]), share(row[7], row[6]), share(row[8], row[7])}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), sums[0], sums[1], view.Ratio(sums[2], sums[0]), sums[3], {}, view.Ratio(sums[5], sums[4]), view.Ratio(sums[6], sums[5])}})
	return t, nil
}

func (c desk) areaTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "churn_area", 12)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 5)...)
	n := view.Integer()
	t := &view.Table{ID: "churn-areas", Title: c.T("churn.areas"), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("head.region.area")}, {Label: c.T("col.customers"), Format: n}, {Label: c.T("churn.high"), Format: n}, {Label: c.T("churn.expected"), Unit: "%", Format: bare(), Visual: view.Share},
			{Label: c.T("churn.atstake"), Unit: unit, Format: format, Visual: view.Share}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.Area(row[0], row[1]), page.Value(row[2]), page.Value(row[3]), view.Ratio(page.Value(row[4]), page.Value(row[2])), page.Value(row[5])}})
	}
	return t, nil
}

// whyTable is what raises the risk, and the first of it.
func (c desk) whyTable(ctx context.Context) (*view.Table, string, error) {
	rows, err := c.read(ctx, "churn_why")
	if err != nil {
		return nil, "", err
	}
	format, unit := c.TableMoney(column(rows, 4)...)
	n := view.Integer()
	t := &view.Table{ID: "churn-why", Title: c.T("churn.concepts"), Subtitle: c.T("churn.concepts.sub"), Empty: c.T("churn.concepts.none"), Footnotes: []string{c.T("churn.concepts.foot")},
		Columns: []view.Column{{Label: c.T("churn.concept")}, {Label: c.T("churn.first"), Format: n, Visual: view.Share}, {Label: c.T("churn.any"), Format: n}, {Label: c.T("churn.atstake"), Unit: unit, Format: format, Visual: view.Share}}}
	first := ""
	for i, row := range rows {
		name := c.InLanguage(page.Text(row[0]), page.Text(row[1]))
		if i == 0 {
			first = name
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[3]), page.Value(row[2]), page.Value(row[4])}})
	}
	return t, first, nil
}

func (c desk) changeBlocks(ctx context.Context) ([]view.Block, error) {
	const most = 25
	rows, err := c.read(ctx, "churn_change", most)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 10)...)
	t := &view.Table{ID: "churn-changes", Title: c.T("churn.changes.table"), Subtitle: c.T("churn.changes.sub"), Empty: c.T("churn.changes.none"), Footnotes: []string{c.T("churn.changes.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("churn.change")}, {Label: c.T("churn.subject")}, {Label: c.T("churn.since"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("churn.daysbefore"), Format: view.Integer()},
			{Label: c.T("churn.daysexpected"), Format: view.Format{Style: view.Decimal, Decimals: 1}}, {Label: c.T("churn.daysnow"), Format: view.Integer()}, {Label: c.T("churn.value"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 0), view.T(c.T("churn.change." + page.Text(row[3]))), view.T(c.InLanguage(page.Text(row[4]), page.Text(row[5]))), page.Value(row[6]),
			page.Value(row[7]), page.Value(row[9]), page.Value(row[8]), page.Value(row[10])}})
	}
	if len(rows) == most {
		t.Shown = c.T("churn.changes.shown", "n", fmt.Sprint(most))
	}
	return []view.Block{{Table: t}}, nil
}

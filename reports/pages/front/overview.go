package front

import (
	"context"
	"slices"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// overview answers: how is the year going, what changed, and why?
func overview(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("index")
	see := view.T(c.T("briefing.link"))
	see.Href = "briefing.html"
	p.See = []view.Value{see}
	if c.Facts.Lines == 0 {
		return c.empty(p), nil
	}
	w := page.YearToDate(c.AsOf, c.Fiscal)
	year, err := c.year(ctx, w)
	if err != nil {
		return p, err
	}
	var drivers []comparison
	for _, attribute := range []string{"region.area", "class.bucket", "customer.type"} {
		x, err := c.compare(ctx, attribute, w)
		if err != nil {
			return p, err
		}
		drivers = append(drivers, x)
	}
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	p.Message = view.Message{Finding: c.yearText(year, w), Consequence: c.driverText(year, drivers)}
	kpis, err := c.keyFigures(ctx, year)
	if err != nil {
		return p, err
	}
	course, err := c.monthsChart(ctx, "months", c.T("overview.months"), page.Months(c.AsOf, 12), 1)
	if err != nil {
		return p, err
	}
	rolling, err := c.rollingTable(ctx)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "figures", Title: c.T("overview.figures"), Lead: c.yearLead(year, w), Blocks: []view.Block{{KPIs: kpis}}},
		{ID: "course", Title: c.T("overview.course"), Blocks: []view.Block{
			{Width: view.Half, Chart: course}, {Width: view.Half, Table: rolling}}},
	}
	rolling12, err := c.Total(ctx, "sales", page.LastTwelveMonths(c.AsOf), "net")
	if err != nil {
		return p, err
	}
	found, err := c.findings(ctx, rolling12["net"])
	if err != nil {
		return p, err
	}
	if len(found) > 0 {
		p.Sections = slices.Insert(p.Sections, 1, c.findingSection(found))
	}
	changes, err := c.changes(ctx, w, drivers)
	if err != nil {
		return p, err
	}
	p.Sections = append(p.Sections, changes)
	return p, nil
}

// empty is a page without any sales.
func (c desk) empty(p view.Page) view.Page {
	p.Message = view.Message{Finding: c.T("empty.finding"), Consequence: c.T("empty.so")}
	p.Sections = []view.Section{{ID: "empty", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
		Title: c.T("empty.title"), Text: c.T("empty.text"), Tables: []string{"order_header", "order_line"}}}}}}
	return p
}

// yearFigures are the measures of the year to date and of the same days a year
// earlier.
type yearFigures struct {
	now, then page.Figures
	fair      bool
}

// change is the absolute and relative change of a measure; no data where the
// comparison is not fair.
func (y yearFigures) change(measure string) (absolute, relative view.Value) {
	if !y.fair {
		return view.Value{}, view.Value{}
	}
	return view.Sub(y.now[measure], y.then[measure]), view.Relative(y.now[measure], y.then[measure])
}

var yearMeasures = []string{"net", "margin", "margin_pct", "cost_coverage", "orders", "customers", "copies", "aov"}

func (c desk) year(ctx context.Context, w page.Window) (yearFigures, error) {
	now, err := c.Total(ctx, "sales", w, yearMeasures...)
	if err != nil {
		return yearFigures{}, err
	}
	then, err := c.Total(ctx, "sales", w.Before(1), yearMeasures...)
	if err != nil {
		return yearFigures{}, err
	}
	for _, f := range []page.Figures{now, then} {
		for _, measure := range yearMeasures {
			if !f[measure].Has() && page.Additive(measure) {
				f[measure] = view.I(0)
			}
		}
	}
	return yearFigures{now, then, c.Comparable(w.Before(1))}, nil
}

// flat is the relative change below which a figure counts as unchanged.
const flat = 0.005

// yearText is the finding: revenue so far, against last year.
func (c desk) yearText(y yearFigures, w page.Window) string {
	now, then := y.now["net"], y.then["net"]
	pairs := []string{"now", c.Amount(now), "then", c.Amount(then), "to", view.LongDate(c.Lang, w.To), "from", view.LongDate(c.Lang, w.From)}
	_, relative := y.change("net")
	pairs = append(pairs, "share", c.Share(relative), "first", view.LongDate(c.Lang, c.Facts.First), "last", view.LongDate(c.Lang, c.Facts.Last))
	key := "year.up"
	switch {
	case now.Float == 0:
		key = "year.zero"
	case now.Float < 0:
		key = "year.negative"
	case !y.fair:
		key = "year.alone"
	case then.Float <= 0:
		key = "year.fromzero"
	case abs(relative.Float) < flat:
		key = "year.flat"
	case relative.Float >= 1:
		key = "year.times"
		pairs = append(pairs, "times", view.Figure(c.Lang, now.Float/then.Float, 1, false))
	case relative.Float < 0:
		key = "year.down"
	}
	return c.T(key, pairs...)
}

// driverText names the member, of whichever dimension, that moved revenue most
// in the direction of the whole.
func (c desk) driverText(y yearFigures, drivers []comparison) string {
	if !y.fair {
		return c.NoComparison()
	}
	best, size := -1, 0.0
	total := view.Sub(y.now["net"], y.then["net"]).Float
	for i, x := range drivers {
		if len(x.pairs) < 2 {
			continue
		}
		up, down := x.movers()
		mover := up
		if total < 0 {
			mover = down
		}
		if mover != nil && abs(mover.delta.Float) > size {
			best, size = i, abs(mover.delta.Float)
		}
	}
	if best < 0 {
		return c.T("driver.none")
	}
	return c.T("driver."+drivers[best].attribute, "text", c.moversText(drivers[best]))
}

// yearLead says which days are compared.
func (c desk) yearLead(y yearFigures, w page.Window) string {
	if !y.fair {
		return c.T("lead.alone", "period", w.Label(c.Lang))
	}
	return c.T("lead.year", "period", w.Label(c.Lang), "before", w.Before(1).Label(c.Lang))
}

// keyFigures is the row of tiles: the year to date, and the last thirteen months
// as a line.
func (c desk) keyFigures(ctx context.Context, y yearFigures) (*view.KPIRow, error) {
	list := page.Months(c.AsOf, 13)
	trend, err := c.ByMonth(ctx, "sales", list, c.AsOf, "net", "margin", "margin_pct", "orders", "customers", "aov")
	if err != nil {
		return nil, err
	}
	row := &view.KPIRow{ID: "figures-data", Title: c.T("overview.figures"), Months: page.Names(c.Lang, list)}
	add := func(measure string, format view.Format, unit string, better int) {
		k := view.KPI{Label: c.T("kpi." + measure), Value: y.now[measure], Format: format, Unit: unit, Previous: y.then[measure],
			ChangeFormat: format.Change(), Versus: c.T("kpi.versus"), Better: better, Trend: trend[measure], Marks: c.MonthMarks(measure, list)}
		k.Change, k.Relative = y.change(measure)
		if measure == "margin_pct" {
			k.Relative = view.Value{}
			k.ChangeFormat.Suffix = " " + c.T("unit.points")
		}
		switch {
		case !y.now[measure].Has():
			k.Value, k.Change, k.Relative, k.Trend = view.NA(), view.Value{}, view.Value{}, nil
			k.Unit, k.Note = "", c.T("kpi.missing."+measure)
		case !y.fair:
			k.Previous, k.Note = view.Value{}, c.T("kpi.alone")
		}
		row.Items = append(row.Items, k)
	}
	moneyFormat, unit := c.Money(y.now["net"], y.then["net"])
	add("net", moneyFormat, unit, 1)
	marginFormat, marginUnit := c.Money(y.now["margin"], y.then["margin"])
	add("margin", marginFormat, marginUnit, 1)
	add("margin_pct", view.Pct(), "", 1)
	add("orders", view.Integer(), "", 1)
	add("customers", view.Integer(), "", 1)
	aovFormat, aovUnit := c.Money(y.now["aov"], y.then["aov"])
	add("aov", aovFormat, aovUnit, 1)
	return row, nil
}

// changes is the section that says what changed and why.
func (c desk) changes(ctx context.Context, w page.Window, drivers []comparison) (view.Section, error) {
	s := view.Section{ID: "changes", Title: c.T("changes.title"), Lead: c.T("changes.lead")}
	if !c.Comparable(w.Before(1)) {
		s.Title, s.Lead = c.T("changes.alone"), c.NoComparison()
	}
	for _, x := range drivers {
		s.Blocks = append(s.Blocks, c.driverBlock(x, 6))
	}
	if c.Comparable(w.Before(1)) {
		bridge, err := c.bridge(ctx, w)
		if err != nil {
			return s, err
		}
		s.Blocks = append(s.Blocks, view.Block{Width: view.Half, Table: c.bridgeTable(bridge)})
	}
	return s, nil
}

// driverBlock is the table of one dimension, or what would fill it where all
// members are unknown.
func (c desk) driverBlock(x comparison, n int) view.Block {
	known := false
	for _, p := range x.pairs {
		known = known || p.known
	}
	if !known {
		return view.Block{Width: view.Half, Absent: &view.Absent{Title: c.T("by." + x.attribute),
			Text: c.T("absent." + x.attribute), Tables: sourceTables[x.attribute]}}
	}
	return view.Block{Width: view.Half, Table: c.varianceTable(x, look{id: slugOf(x.attribute), title: c.T("by." + x.attribute),
		insight: c.moversText(x), head: c.T("head." + x.attribute), n: n, changes: true})}
}

// sourceTables are the canonical tables that an attribute comes from.
var sourceTables = map[string][]string{
	"region.area":    {"geo", "customer"},
	"class.bucket":   {"title", "title_subject", "clc_class"},
	"customer.type":  {"customer"},
	"channel.kind":   {"order_header", "channel_partner"},
	"publisher.name": {"title", "supplier"},
	"title.title":    {"title"},
}

// slugOf names a table after its attribute.
func slugOf(attribute string) string {
	out := []rune(attribute)
	for i, r := range out {
		if r == '.' || r == '_' {
			out[i] = '-'
		}
	}
	return string(out)
}

// rollingTable compares the last twelve months with the twelve before.
func (c desk) rollingTable(ctx context.Context) (*view.Table, error) {
	w := page.LastTwelveMonths(c.AsOf)
	y, err := c.year(ctx, w)
	if err != nil {
		return nil, err
	}
	t := &view.Table{ID: "rolling", Title: c.T("rolling.title"), Subtitle: w.Label(c.Lang), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("col.measure")}, {Label: c.T("col.unit")}, {Label: "AC", Format: view.Integer()}}}
	if y.fair {
		t.Subtitle = c.T("rolling.sub", "now", w.Label(c.Lang), "then", w.Before(1).Label(c.Lang))
		t.Columns = append(t.Columns, view.Column{Label: "PY", Format: view.Integer()},
			view.Column{Label: "ΔPY", Unit: "%", Format: view.Pct().Bare().Change(), Visual: view.Variance, Better: 1})
	} else {
		t.Footnotes = []string{c.NoComparison()}
	}
	for _, measure := range []string{"net", "margin", "margin_pct", "orders", "customers", "copies", "aov"} {
		now, then := y.now[measure], y.then[measure]
		if !now.Has() && !then.Has() {
			continue
		}
		format, unit := c.measureFormat(measure, now, then)
		cells := []view.Value{view.T(c.T("kpi." + measure)), view.T(unit), shown(now, format)}
		if y.fair {
			change := view.Relative(now, then)
			if measure == "margin_pct" {
				change = view.NA()
				if d := view.Sub(now, then); d.Has() {
					change = view.T(view.Show(c.Lang, d, view.Pct().Bare().Change()) + " " + c.T("unit.points"))
				}
			}
			cells = append(cells, shown(then, format), change)
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	if _, relative := y.change("net"); relative.Has() {
		t.Insight = c.T("rolling.up", "share", c.Share(relative))
		if relative.Float < 0 {
			t.Insight = c.T("rolling.down", "share", c.Share(relative))
		}
	}
	return t, nil
}

// measureFormat is how a measure is written, and its unit.
func (c desk) measureFormat(measure string, values ...view.Value) (view.Format, string) {
	switch measure {
	case "net", "gross", "margin", "aov", "cost", "return_value":
		return c.Money(values...)
	case "margin_pct", "price_realisation", "discount_rate", "cost_coverage":
		return view.Pct().Bare(), "%"
	}
	return view.Integer(), ""
}

// shown gives a value its own format inside a column of mixed measures.
func shown(v view.Value, f view.Format) view.Value {
	v.Format = &f
	return v
}

// monthsChart is revenue by month before the previous year's, the last month cut
// at the as-of day in both.
func (c desk) monthsChart(ctx context.Context, id, title string, list []time.Time, years int) (*view.Chart, error) {
	now, err := c.ByMonth(ctx, "sales", list, c.AsOf, "net")
	if err != nil {
		return nil, err
	}
	before := make([]time.Time, len(list))
	for i, m := range list {
		before[i] = page.YearsBefore(m, years)
	}
	end := page.YearsBefore(c.AsOf, years)
	if last := list[len(list)-1]; last.After(c.AsOf) {
		end = before[len(before)-1].AddDate(0, 1, -1)
	}
	then, err := c.ByMonth(ctx, "sales", before, end, "net")
	if err != nil {
		return nil, err
	}
	return c.MonthColumns(id, title, list, now["net"], then["net"]), nil
}

package front

import (
	"context"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// sales answers: what sells, where, to whom and through whom?
func sales(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("sales")
	if c.Facts.Lines == 0 {
		return c.empty(p), nil
	}
	w := page.YearToDate(c.AsOf, c.Fiscal)
	year, err := c.year(ctx, w)
	if err != nil {
		return p, err
	}
	p.Meta = c.Meta(w, c.Lang.Currency(c.Currency))
	by := map[string]comparison{}
	for _, attribute := range []string{"class.bucket", "region.area", "customer.type", "channel.kind"} {
		if by[attribute], err = c.compare(ctx, attribute, w); err != nil {
			return p, err
		}
	}
	returns, err := c.returns(ctx, w, year)
	if err != nil {
		return p, err
	}
	p.Message = view.Message{Finding: c.shapeText(by), Consequence: c.returnsText(returns)}
	course, err := c.course(ctx, w)
	if err != nil {
		return p, err
	}
	class := by["class.bucket"]
	list := page.Months(c.AsOf, 13)
	if err := c.addTrends(ctx, &class, list); err != nil {
		return p, err
	}
	what := c.driverBlock(class, 14)
	if what.Absent == nil {
		what = view.Block{Table: c.varianceTable(class, look{id: "classes", title: c.T("by.class.bucket"), insight: c.moversText(class),
			head: c.T("head.class.bucket"), n: 14, share: true, trend: true, months: list})}
	}
	what.Width = view.Full
	titles, err := c.topTable(ctx, "title.title", "titles", w, year)
	if err != nil {
		return p, err
	}
	publishers, err := c.topTable(ctx, "publisher.name", "publishers", w, year)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		course,
		{ID: "what", Title: c.T("sales.what"), Blocks: []view.Block{what}},
		{ID: "whom", Title: c.T("sales.whom"), Blocks: []view.Block{c.driverBlock(by["region.area"], 9), c.driverBlock(by["customer.type"], 9),
			c.driverBlock(by["channel.kind"], 9), publishers}},
		{ID: "top", Title: c.T("sales.titles"), Blocks: []view.Block{titles}},
		{ID: "returns", Title: c.T("sales.returns"), Blocks: c.returnsBlocks(returns)},
	}
	return p, nil
}

// shapeText names the largest class or, without classes, the largest customer
// type and region, with their shares.
func (c desk) shapeText(by map[string]comparison) string {
	for _, attribute := range []string{"class.bucket", "customer.type", "region.area", "channel.kind"} {
		x := by[attribute]
		if x.now.Float <= 0 {
			continue
		}
		var first, second *pair
		known := view.I(0)
		kept, _ := x.top(len(x.pairs), bySize)
		for i := range kept {
			if !kept[i].known || kept[i].now.Float <= 0 {
				continue
			}
			known = view.Sum(known, kept[i].now)
			if first == nil {
				first = &kept[i]
			} else if second == nil {
				second = &kept[i]
			}
		}
		if first == nil || known.Float < x.now.Float/2 {
			continue
		}
		pairs := []string{"what", c.T("noun." + attribute), "first", first.name(), "share", c.Share(view.Ratio(first.now, x.now)), "amount", c.Amount(first.now)}
		if second == nil {
			return c.T("shape.one", pairs...)
		}
		return c.T("shape.two", append(pairs, "second", second.name(), "share2", c.Share(view.Ratio(second.now, x.now)))...)
	}
	if x := by["class.bucket"]; x.now.Float > 0 {
		return c.T("shape.unknown", "amount", c.Amount(x.now))
	}
	return c.T("shape.nothing")
}

// course is the section of the year's course: cumulative, and month by month
// over three years.
func (c desk) course(ctx context.Context, w page.Window) (view.Section, error) {
	full := w.FullYear()
	s := view.Section{ID: "course", Title: c.T("sales.course")}
	var years, whole []view.Series // whole: those that the data cover from their first month on
	var all []view.Value
	list := page.Months(full.To, 12)
	for back := range 3 {
		end := full.Before(back).To
		if back == 0 {
			end = c.AsOf
		}
		these := make([]time.Time, 12)
		for i, m := range list {
			these[i] = page.YearsBefore(m, back)
		}
		if back > 0 && !c.Covered(these[11]) {
			break
		}
		series, err := c.ByMonth(ctx, "sales", these, end, "net")
		if err != nil {
			return s, err
		}
		name := c.fiscalName(w.Before(back))
		years = append(years, view.Series{Name: name, Role: []view.Role{view.AC, view.PY, view.Other}[back], Values: series["net"]})
		if c.Covered(these[0]) || back == 0 {
			whole = append(whole, years[back])
		}
		all = append(all, series["net"]...)
	}
	format, unit := c.Money(all...)
	seasonal := c.LinesChart("seasons", c.T("seasons.title"), list, years, format, unit)
	seasonal.Insight = c.seasonText(whole, list)
	var sums []view.Series
	var tops []view.Value
	for i, y := range whole[:min(2, len(whole))] {
		running := cumulate(y.Values)
		sums = append(sums, view.Series{Name: y.Name, Role: []view.Role{view.AC, view.PY}[i], Values: running})
		tops = append(tops, running...)
	}
	format, unit = c.Money(tops...)
	cumulative := c.LinesChart("cumulative", c.T("cumulative.title"), list, sums, format, unit)
	cumulative.Insight = c.cumulativeText(sums)
	s.Blocks = []view.Block{{Width: view.Half, Chart: cumulative}, {Width: view.Half, Chart: seasonal}}
	return s, nil
}

// fiscalName names a year: "2025", or "2025/26" where it is no calendar year.
func (c desk) fiscalName(w page.Window) string {
	if w.From.Month() == time.January {
		return w.From.Format("2006")
	}
	return w.From.Format("2006") + "/" + w.From.AddDate(1, 0, 0).Format("06")
}

// cumulate adds a series up, as far as it is known.
func cumulate(values []view.Value) []view.Value {
	out := make([]view.Value, len(values))
	sum, started := view.I(0), false
	for i, v := range values {
		if !v.Has() {
			continue
		}
		started = true
		sum = view.Sum(sum, v)
		if started {
			out[i] = sum
		}
	}
	return out
}

// seasonText names the strongest month of the last complete year.
func (c desk) seasonText(years []view.Series, list []time.Time) string {
	if len(years) < 2 {
		return c.T("seasons.one")
	}
	best, total := -1, view.Sum(years[1].Values...)
	for i, v := range years[1].Values {
		if v.Has() && (best < 0 || v.Float > years[1].Values[best].Float) {
			best = i
		}
	}
	if best < 0 || total.Float <= 0 {
		return c.T("seasons.one")
	}
	return c.T("seasons.text", "year", years[1].Name, "month", view.MonthOnly(c.Lang, list[best]), "share", c.Share(view.Ratio(years[1].Values[best], total)))
}

// cumulativeText says how much of the last complete year is reached.
func (c desk) cumulativeText(sums []view.Series) string {
	if len(sums) < 2 {
		return c.T("cumulative.one")
	}
	now, whole := view.Value{}, view.Value{}
	for i := range sums[0].Values {
		if sums[0].Values[i].Has() {
			now = sums[0].Values[i]
		}
		if sums[1].Values[i].Has() {
			whole = sums[1].Values[i]
		}
	}
	if !now.Has() || whole.Float <= 0 {
		return c.T("cumulative.one")
	}
	return c.T("cumulative.text", "share", view.Percentage(c.Lang, now.Float/whole.Float), "year", sums[1].Name)
}

// addTrends gives every pair its last months.
func (c desk) addTrends(ctx context.Context, x *comparison, list []time.Time) error {
	trends, err := c.Trends(ctx, x.attribute, list, c.AsOf, "net")
	if err != nil {
		return err
	}
	for i := range x.pairs {
		x.pairs[i].trend = trends[x.pairs[i].key]
	}
	return nil
}

// topTable is the members of a large attribute with the most revenue, against
// the previous year, closed by the others and the total. Members are told apart
// by their keys: two titles of one name stay two.
func (c desk) topTable(ctx context.Context, attribute, id string, w page.Window, year yearFigures) (view.Block, error) {
	const n = 12
	p := w.Before(1)
	x := comparison{attribute: attribute, fair: year.fair, now: year.now["net"], then: year.then["net"]}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("top_"+id), w.From, w.To, p.From, p.To, n), func(row []any) error {
		label := c.InLanguage(page.Text(row[1]), page.Text(row[2]))
		if label == "" {
			label = c.T("customer.id", "id", page.Text(row[0]))
		}
		m := pair{key: page.Text(row[0]), ref: page.Text(row[5]), label: label, now: page.Value(row[3]), then: page.Zero(page.Value(row[4])), known: true}
		m.delta = view.Sub(m.now, m.then)
		x.pairs = append(x.pairs, m)
		return nil
	})
	if err != nil {
		return view.Block{}, err
	}
	if len(x.pairs) == 0 {
		return view.Block{Width: widthOf(id), Absent: &view.Absent{Title: c.T("by." + attribute), Text: c.T("absent." + attribute), Tables: sourceTables[attribute]}}, nil
	}
	return view.Block{Width: widthOf(id), Table: c.topRows(x, id)}, nil
}

func widthOf(id string) view.Width {
	if id == "titles" {
		return view.Full
	}
	return view.Half
}

// topRows adds the row of all others to the listed members.
func (c desk) topRows(x comparison, id string) *view.Table {
	rest := pair{now: x.now, then: x.then, label: c.T("row.rest")}
	for _, p := range x.pairs {
		rest.now, rest.then = view.Sub(rest.now, p.now), view.Sub(rest.then, p.then)
	}
	l := look{id: id, title: c.T("by." + x.attribute), insight: c.topText(x), head: c.T("head." + x.attribute), n: len(x.pairs), share: true}
	if rest.now.Float != 0 || rest.then.Float != 0 {
		l.rest = &page.VarianceRow{Kind: view.Residual, Label: view.T(rest.label), Now: rest.now, Then: rest.then}
	}
	return c.varianceTable(x, l)
}

// topText says how much of revenue the listed members bring together.
func (c desk) topText(x comparison) string {
	sum := view.I(0)
	for _, p := range x.pairs {
		sum = view.Sum(sum, p.now)
	}
	if x.now.Float <= 0 {
		return ""
	}
	return c.T("top.text", "n", page.Count(c.Lang, int64(len(x.pairs))), "share", c.Share(view.Ratio(sum, x.now)))
}

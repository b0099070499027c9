package front

import (
	"context"
	"fmt"
	"math"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// tier is one tier of the pyramid by one basis.
type tier struct {
	basis, name string
	customers   int64
	value       view.Value
}

func (c desk) readTiers(ctx context.Context) ([]tier, error) {
	var out []tier
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("pyramid")), func(row []any) error {
		out = append(out, tier{page.Text(row[0]), page.Text(row[1]), page.Whole(row[3]), page.Zero(page.Value(row[4]))})
		return nil
	})
	return out, err
}

func (c desk) tierName(code string) string { return c.MemberLabel("customer.tier", code) }

// pyramidBlocks is the pyramid by revenue as a chart, and both bases as a table.
func (c desk) pyramidBlocks(tiers []tier, k concentration) []view.Block {
	var revenue, margin []tier
	for _, t := range tiers {
		if t.basis == "margin" {
			margin = append(margin, t)
		} else {
			revenue = append(revenue, t)
		}
	}
	if len(revenue) == 0 {
		return []view.Block{{Absent: &view.Absent{Title: c.T("pyramid.title"), Text: c.T("absent.scores"), Tables: []string{"order_line", "customer"}}}}
	}
	ch := &view.Chart{ID: "pyramid-chart", Kind: view.Mirror, Title: c.T("pyramid.chart"), Subtitle: c.T("pyramid.sub"), Format: view.Pct()}
	people, worth := tierTotals(revenue)
	a, b := view.Series{Name: c.T("col.customers"), Role: view.Other}, view.Series{Name: c.T("col.revenue"), Role: view.Other}
	for _, t := range revenue {
		ch.Categories = append(ch.Categories, c.tierName(t.name))
		a.Values = append(a.Values, view.Ratio(view.I(t.customers), view.I(people)))
		b.Values = append(b.Values, view.Ratio(t.value, worth))
	}
	ch.Series = []view.Series{a, b}
	first := revenue[0]
	ch.Insight = c.T("pyramid.text", "tier", c.tierName(first.name), "n", page.Count(c.Lang, first.customers),
		"people", c.Share(view.Ratio(view.I(first.customers), view.I(people))), "worth", c.Share(view.Ratio(first.value, worth)))
	ch.Table = *c.tierTable(revenue, "pyramid-revenue", c.T("pyramid.revenue"))
	blocks := append([]view.Block{{Width: view.Half, Chart: ch}}, c.curveBlock(k)...)
	blocks = append(blocks, view.Block{Width: view.Half, Table: c.tierTable(revenue, "pyramid-tiers", c.T("pyramid.revenue"))})
	if _, total := tierTotals(margin); len(margin) > 0 && total.Float > 0 {
		return append(blocks, view.Block{Width: view.Half, Table: c.tierTable(margin, "pyramid-margin", c.T("pyramid.margin"))})
	}
	return append(blocks, view.Block{Width: view.Half, Absent: &view.Absent{Title: c.T("pyramid.margin"), Text: c.T("pyramid.nomargin"), Tables: []string{"purchase_line"}}})
}

func tierTotals(tiers []tier) (people int64, worth view.Value) {
	worth = view.I(0)
	for _, t := range tiers {
		people += t.customers
		worth = view.Sum(worth, t.value)
	}
	return people, worth
}

// tierTable lists the tiers with cumulative shares.
func (c desk) tierTable(tiers []tier, id, title string) *view.Table {
	people, worth := tierTotals(tiers)
	format, unit := c.TableMoney(worth)
	pct := view.Pct().Bare()
	t := &view.Table{ID: id, Title: title, Subtitle: c.T("pyramid.sub.table", "period", c.Scored, "unit", unit), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("col.tier")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("col.customers"), Unit: "%", Format: pct},
			{Label: c.T("col.value"), Unit: unit, Format: format}, {Label: c.T("col.share"), Unit: "%", Format: pct, Visual: view.Share},
			{Label: c.T("col.cumulative"), Unit: "%", Format: pct}}}
	running := view.I(0)
	for _, x := range tiers {
		running = view.Sum(running, x.value)
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.tierName(x.name)), view.I(x.customers),
			view.Ratio(view.I(x.customers), view.I(people)), x.value, view.Ratio(x.value, worth), view.Ratio(running, worth)}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(people), view.Ratio(view.I(people), view.I(people)),
		worth, view.Ratio(worth, worth), {}}})
	return t
}

// point is a point of the concentration curve.
type point struct {
	x, y      float64
	customers int64
	value     view.Value
}

// concentration is the curve and its coefficient.
type concentration struct {
	n      int64 // customers with positive revenue
	gini   float64
	points []point
	isPart bool // of the customers: there is no curve
}

func (c desk) readCurve(ctx context.Context) (concentration, error) {
	var k concentration
	if k.isPart = c.Lacks("score.concentration"); k.isPart {
		return k, nil // ranks are those among all customers, and say nothing of a part
	}
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("gini")))
	if err != nil {
		return k, err
	}
	k.n = page.Whole(row[0])
	total, weighted := page.Value(row[1]), page.Value(row[2])
	if k.n > 0 && total.Float > 0 {
		n := float64(k.n)
		k.gini = math.Round((2*weighted.Float/(n*total.Float)-(n+1)/n)*1e4) / 1e4
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("concentration")), func(row []any) error {
		x, y := page.Value(row[0]), page.Value(row[3])
		k.points = append(k.points, point{x.Float, y.Float, page.Whole(row[1]), page.Zero(page.Value(row[2]))})
		return nil
	})
	return k, err
}

// at is the point of the curve nearest to a share of customers.
func (k concentration) at(x float64) (point, bool) {
	best, ok := point{}, false
	for _, p := range k.points {
		if !ok || math.Abs(p.x-x) < math.Abs(best.x-x) {
			best, ok = p, true
		}
	}
	return best, ok
}

// thinned are at most about sixty points that keep the shape of the curve.
func (k concentration) thinned() []view.Point {
	out := []view.Point{{}}
	last := point{}
	for i, p := range k.points {
		if i == len(k.points)-1 || math.Hypot(p.x-last.x, p.y-last.y) >= 0.03 {
			out = append(out, view.Point{X: p.x, Y: p.y})
			last = p
		}
	}
	if end := out[len(out)-1]; end.X < 1 {
		out = append(out, view.Point{X: 1, Y: 1})
	}
	return out
}

// curveBlock is the chart of concentration with the points people ask for.
func (c desk) curveBlock(k concentration) []view.Block {
	if k.isPart {
		return []view.Block{c.WholeOnly(c.T("curve.title"))}
	}
	if len(k.points) == 0 || k.n == 0 {
		return nil
	}
	format, unit := c.TableMoney(k.points[len(k.points)-1].value)
	ch := &view.Chart{ID: "concentration", Kind: view.Curve, Title: c.T("curve.title"), Subtitle: c.T("curve.sub", "period", c.Scored), Format: view.Pct(),
		XName: c.T("curve.x"), YName: c.T("curve.y"), Points: k.thinned(), Insight: c.giniText(k)}
	ch.Table = view.Table{Title: c.T("curve.title"), Columns: []view.Column{{Label: c.T("curve.largest")}, {Label: c.T("col.customers"), Format: view.Integer()},
		{Label: c.T("col.value"), Unit: unit, Format: format}, {Label: c.T("col.share"), Unit: "%", Format: view.Pct().Bare()}}}
	seen := map[int64]bool{}
	for _, x := range []float64{0.01, 0.05, 0.1, 0.2, 0.5, 1} {
		p, ok := k.at(x)
		if !ok || seen[p.customers] {
			continue
		}
		seen[p.customers] = true
		name := c.RoundShare(p.x)
		if x < 0.3 && x != 0.1 {
			ch.Marks = append(ch.Marks, view.Mark{X: p.x, Y: p.y, Text: c.T("curve.mark", "x", name, "y", view.Percentage(c.Lang, p.y))})
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), view.I(p.customers), p.value, view.N(p.y)}})
	}
	return []view.Block{{Width: view.Half, Chart: ch}}
}

// giniText reads the coefficient in words.
func (c desk) giniText(k concentration) string {
	key := "gini.even"
	switch {
	case k.gini >= 0.8:
		key = "gini.extreme"
	case k.gini >= 0.6:
		key = "gini.high"
	case k.gini >= 0.4:
		key = "gini.middle"
	}
	return c.T(key, "gini", view.Figure(c.Lang, k.gini, 2, false))
}

// concentrationText is the finding of the customers page.
func (c desk) concentrationText(k concentration, b base) string {
	pairs := []string{"n", page.Count(c.Lang, b.active), "ever", page.Count(c.Lang, b.ever)}
	p, ok := k.at(0.2)
	switch {
	case k.isPart:
		return c.T("concentration.part", "n", page.Count(c.Lang, b.active))
	case b.ever == 1:
		return c.T("concentration.single")
	case !ok || k.n == 0:
		return c.T("concentration.none", pairs...)
	case k.n < 5:
		return c.T("concentration.few", pairs...)
	}
	return c.T("concentration.text", append(pairs, "top", c.RoundShare(p.x), "k", page.Count(c.Lang, p.customers), "share", view.Percentage(c.Lang, p.y), "window", c.Scored)...)
}

// segmentValue is a segment in the page's language.
func (c desk) segmentValue(v any) view.Value {
	if page.Text(v) == "" {
		return view.Value{}
	}
	return view.T(c.MemberLabel("customer.segment", v))
}

// rfmCell is the customers of one recency and frequency.
type rfmCell struct {
	customers int64
	value     view.Value
}

// rfmBlocks is the map of recency and frequency and the table of segments.
func (c desk) rfmBlocks(ctx context.Context) ([]view.Block, error) {
	ch := &view.Chart{ID: "rfm-map", Kind: view.Heat, Title: c.T("rfm.chart"), XName: c.T("rfm.x"), Categories: []string{"1", "2", "3", "4", "5"}}
	ch.Table = view.Table{Title: c.T("rfm.chart")}
	for r := 5; r >= 1; r-- {
		ch.Rows = append(ch.Rows, c.T("rfm.row", "r", view.Figure(c.Lang, float64(r), 0, false)))
	}
	var cells [5][5]rfmCell
	most, worth := 0.0, view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("rfm_cells")), func(row []any) error {
		r, f := int(page.Whole(row[0])), int(page.Whole(row[1]))
		if r < 1 || r > 5 || f < 1 || f > 5 {
			return nil
		}
		v := page.Zero(page.Value(row[3]))
		cells[5-r][f-1] = rfmCell{page.Whole(row[2]), v}
		most, worth = max(most, v.Float), view.Sum(worth, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if most == 0 {
		return []view.Block{{Absent: &view.Absent{Title: c.T("rfm.title"), Text: c.T("absent.scores"), Tables: []string{"order_line", "customer"}}}}, nil
	}
	format, unit := view.TableFormat(c.Lang, c.Currency, most)
	ch.Subtitle = c.T("rfm.sub", "unit", unit)
	ch.Table.Columns = []view.Column{{Label: c.T("rfm.cell")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("col.value"), Unit: unit, Format: format}}
	for y := range 5 {
		for x := range 5 {
			v := page.Zero(cells[y][x].value)
			cell := view.Cell{X: x, Y: y, Value: v, Label: page.Count(c.Lang, cells[y][x].customers)}
			if cells[y][x].customers > 0 {
				cell.Shade, cell.Small = page.Shade(v.Float, most), view.Show(c.Lang, v, format)
			}
			ch.Cells = append(ch.Cells, cell)
			ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{
				view.T(c.T("rfm.name", "r", fmt.Sprint(5-y), "f", fmt.Sprint(x+1))), view.I(cells[y][x].customers), v}})
		}
	}
	ch.Insight = c.rfmText(cells, worth)
	table, err := c.segmentTable(ctx)
	return []view.Block{{Width: view.Half, Chart: ch}, {Width: view.Half, Table: table}}, err
}

// rfmText says what the best corner and the sleeping one are worth.
func (c desk) rfmText(cells [5][5]rfmCell, worth view.Value) string {
	best, asleep := view.I(0), view.I(0)
	for y := range 5 {
		for x := range 5 {
			if y <= 1 && x >= 3 {
				best = view.Sum(best, cells[y][x].value)
			}
			if y >= 3 && x >= 3 {
				asleep = view.Sum(asleep, cells[y][x].value)
			}
		}
	}
	return c.T("rfm.text", "best", c.Share(view.Ratio(best, worth)), "asleep", c.Share(view.Ratio(asleep, worth)))
}

// segmentTable lists the named segments.
func (c desk) segmentTable(ctx context.Context) (*view.Table, error) {
	type segment struct {
		name             view.Value
		customers, value view.Value
		days, orders     view.Value
	}
	var list []segment
	people, worth := view.I(0), view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("segments")), func(row []any) error {
		s := segment{c.segmentValue(row[0]), page.Value(row[1]), page.Zero(page.Value(row[2])), page.Value(row[3]), page.Value(row[4])}
		people, worth = view.Sum(people, s.customers), view.Sum(worth, s.value)
		list = append(list, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(worth)
	one := view.Format{Style: view.Decimal, Decimals: 1}
	t := &view.Table{ID: "segments", Title: c.T("segments.title"), Subtitle: c.T("segments.sub", "unit", unit), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("col.segment")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("col.value"), Unit: unit, Format: format},
			{Label: c.T("col.share"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share}, {Label: c.T("col.avgdays"), Format: view.Integer()}, {Label: c.T("col.avgorders"), Format: one}},
		Footnotes: []string{c.T("segments.foot")}}
	for _, s := range list {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{s.name, s.customers, s.value, view.Ratio(s.value, worth), s.days, s.orders}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), people, worth, view.Ratio(worth, worth), {}, {}}})
	return t, nil
}

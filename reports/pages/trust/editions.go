package trust

import (
	"context"
	"fmt"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// mostEditions is how many earlier editions the page compares with.
const mostEditions = 12

// editionMeasures are the figures of the front page that an edition keeps.
func editionMeasures() []string { return []string{"net", "margin", "orders", "customers", "copies"} }

// EditionOf is what the site of this generation says of the year to date.
func EditionOf(ctx context.Context, c *page.Context) (page.Edition, error) {
	w := page.YearToDate(c.AsOf, c.Fiscal)
	e := page.Edition{Run: c.Run, AsOf: page.ISO(c.AsOf), Period: [2]string{page.ISO(w.From), page.ISO(w.To)}}
	figures, err := c.Total(ctx, "sales", w, editionMeasures()...)
	for _, m := range editionMeasures() {
		e.Figures = append(e.Figures, page.EditionFigure{Measure: m, Value: figures[m].ExactText()})
	}
	return e, err
}

// past is an earlier edition beside what the same days come to now.
type past struct {
	page.Edition
	day       time.Time
	then, now page.Figures
	restated  []string // measures that the same days now give otherwise
}

// editions answers: what did earlier sites say, and does it still hold?
func editions(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("editions")
	p.Meta = view.Meta{Measure: c.T("editions.meta"), Unit: c.Lang.Currency(c.Currency), Period: page.YearToDate(c.AsOf, c.Fiscal).Label(c.Lang)}
	today, err := c.Total(ctx, "sales", page.YearToDate(c.AsOf, c.Fiscal), editionMeasures()...)
	if err != nil {
		return p, err
	}
	list, err := c.readPast(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.editionsMessage(list, today)
	t := c.editionTable(list, today)
	if n := len(c.Editions); n > len(list) {
		t.Shown = c.T("editions.shown", "n", fmt.Sprint(len(list)), "all", fmt.Sprint(n))
	}
	p.Sections = []view.Section{{ID: "list", Title: c.T("editions.list"), Lead: c.T("editions.list.lead"), Blocks: []view.Block{{Table: t}}}}
	if restated := c.restatedTable(list); restated != nil {
		p.Sections = append(p.Sections, view.Section{ID: "restated", Title: c.T("editions.restated"), Lead: c.T("editions.restated.lead"), Blocks: []view.Block{{Table: restated}}})
	}
	return p, nil
}

// readPast asks for the days of earlier editions again.
func (c desk) readPast(ctx context.Context) ([]past, error) {
	var list []past
	for _, e := range c.Editions[:min(len(c.Editions), mostEditions)] {
		w, err := windowOf(e)
		if err != nil {
			return nil, err
		}
		x := past{Edition: e, day: w.To, then: page.Figures{}}
		if x.now, err = c.Total(ctx, "sales", w, editionMeasures()...); err != nil {
			return nil, err
		}
		for _, m := range editionMeasures() {
			x.then[m] = view.Exactly(e.Figure(m))
			if x.then[m].ExactText() != x.now[m].ExactText() {
				x.restated = append(x.restated, m)
			}
		}
		list = append(list, x)
	}
	return list, nil
}

func windowOf(e page.Edition) (page.Window, error) {
	from, err := time.Parse(time.DateOnly, e.Period[0])
	if err != nil {
		return page.Window{}, fmt.Errorf("edition %s: %w", e.Run, err)
	}
	to, err := time.Parse(time.DateOnly, e.Period[1])
	if err != nil {
		return page.Window{}, fmt.Errorf("edition %s: %w", e.Run, err)
	}
	return page.Window{From: from, To: to}, nil
}

// editionsMessage says what changed since the last edition, and whether what was
// said still holds.
func (c desk) editionsMessage(list []past, today page.Figures) view.Message {
	if len(list) == 0 {
		return view.Message{Finding: c.T("editions.first"), Consequence: c.T("editions.first.so")}
	}
	restated := 0
	for _, x := range list {
		if len(x.restated) > 0 {
			restated++
		}
	}
	m := view.Message{Finding: c.sinceText(list[0], today), Consequence: c.T("editions.hold", "n", fmt.Sprint(len(list)))}
	if restated > 0 {
		m.Consequence = c.T("editions.changed", "n", fmt.Sprint(restated), "all", fmt.Sprint(len(list)))
	}
	return m
}

// sinceText says in words what changed from an edition to today.
func (c desk) sinceText(x past, today page.Figures) string {
	then, now := x.then["net"], page.Zero(today["net"])
	pairs := []string{"date", view.LongDate(c.Lang, x.day), "then", c.Amount(page.Zero(then)), "now", c.Amount(now), "change", c.SignedAmount(view.Sub(now, page.Zero(then)))}
	start := page.YearToDate(c.AsOf, c.Fiscal).From
	switch {
	case x.Period[0] != page.ISO(start):
		return c.T("editions.since.year", pairs...)
	case then.ExactText() == now.ExactText():
		return c.T("editions.since.same", pairs...)
	}
	return c.T("editions.since", pairs...)
}

// editionTable lists the editions, this one first.
func (c desk) editionTable(list []past, today page.Figures) *view.Table {
	nets := []view.Value{today["net"]}
	for _, x := range list {
		nets = append(nets, x.then["net"])
	}
	format, unit := c.TableMoney(nets...)
	n := view.Integer()
	t := &view.Table{ID: "editions", Title: c.T("editions.table"), Subtitle: c.T("editions.table.sub"), Columns: []view.Column{{Label: c.T("editions.asof")}, {Label: c.T("kpi.net"), Unit: unit, Format: format}, {Label: c.T("kpi.margin"), Unit: unit, Format: format},
		{Label: c.T("kpi.orders"), Format: n}, {Label: c.T("kpi.customers"), Format: n}, {Label: c.T("editions.what"), Wide: true}, {Label: c.T("run.id")}}}
	row := func(day time.Time, place string, f page.Figures, what, run string) {
		date := view.T(view.ShortDate(c.Lang, day))
		date.Href = place
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{date, f["net"], f["margin"], f["orders"], f["customers"], view.T(what), view.T(run)}})
	}
	row(c.AsOf, "", today, c.T("editions.this"), c.Run)
	for _, x := range list {
		what := c.sinceText(x, today)
		if len(x.restated) > 0 {
			what = c.T("editions.both", "first", what, "second", c.T("editions.counted", "amount", c.SignedAmount(view.Sub(page.Zero(x.now["net"]), page.Zero(x.then["net"])))))
		}
		row(x.day, x.Place, x.then, what, x.Run)
	}
	return t
}

// restatedTable is what earlier editions said of days that now count otherwise;
// nil where all still holds.
func (c desk) restatedTable(list []past) *view.Table {
	t := &view.Table{ID: "restated-figures", Title: c.T("editions.restated"), Subtitle: c.T("editions.restated.sub"), Columns: []view.Column{{Label: c.T("editions.asof")}, {Label: c.T("col.measure")}, {Label: c.T("editions.said"), Format: view.Integer()},
		{Label: c.T("editions.now"), Format: view.Integer()}, {Label: c.T("editions.difference"), Format: view.Integer().Change()}}}
	for _, x := range list {
		for _, m := range x.restated {
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(view.ShortDate(c.Lang, x.day)), view.T(c.T("kpi." + m)), x.then[m], x.now[m], view.Sub(page.Zero(x.now[m]), page.Zero(x.then[m]))}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

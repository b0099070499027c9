package risk

import (
	"context"

	"verso/reports/page"
	"verso/reports/view"
)

// churnmodel answers: how far can the predictions be trusted?
func churnmodel(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("churnmodel")
	s, err := c.scored(ctx)
	if err != nil {
		return p, err
	}
	if s.customers == 0 {
		return c.absent(p), nil
	}
	reading, err := c.reading(ctx)
	if err != nil {
		return p, err
	}
	horizon, err := c.horizonTable(ctx)
	if err != nil {
		return p, err
	}
	p.Meta = view.Meta{Measure: c.T("churnmodel.meta"), Unit: "%", Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	event := view.Section{ID: "event", Title: c.T("churnmodel.event"), Lead: c.T("churnmodel.event.lead"), Blocks: []view.Block{{Table: horizon}}}
	compare, err := c.read(ctx, "model_compare")
	if err != nil {
		return p, err
	}
	if len(compare) == 0 || !page.Value(compare[0][3]).Has() {
		p.Message = view.Message{Finding: reading, Consequence: c.T("churnmodel.so.untested")}
		p.Sections = []view.Section{event}
		return p, nil
	}
	p.Message = view.Message{Finding: reading, Consequence: c.T("churnmodel.so", "lift", view.Figure(c.Lang, page.Value(compare[0][6]).Float, 1, false), "recall", c.Share(page.Value(compare[0][9])))}
	grades, err := c.grades(ctx)
	if err != nil {
		return p, err
	}
	charts, err := c.modelCharts(ctx)
	if err != nil {
		return p, err
	}
	origins, segments, err := c.partTables(ctx)
	if err != nil {
		return p, err
	}
	p.Sections = []view.Section{
		{ID: "compare", Title: c.T("churnmodel.compare"), Lead: c.T("churnmodel.compare.lead"), Blocks: append([]view.Block{{Table: c.compareTable(compare)}}, grades...)},
		{ID: "true", Title: c.T("churnmodel.true"), Lead: c.T("churnmodel.true.lead"), Blocks: charts},
		{ID: "parts", Title: c.T("churnmodel.parts"), Lead: c.T("churnmodel.parts.lead"), Blocks: []view.Block{{Table: origins}, {Table: segments}}},
		event,
	}
	return p, nil
}

func (c desk) compareTable(rows [][]any) *view.Table {
	three := view.Format{Style: view.Decimal, Decimals: 3}
	t := &view.Table{ID: "churn-compare", Title: c.T("churnmodel.table"), Subtitle: c.T("churnmodel.table.sub"), Footnotes: []string{c.T("churnmodel.table.foot")},
		Columns: []view.Column{{Label: c.T("churnmodel.model")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("churnmodel.auc"), Format: three}, {Label: c.T("churnmodel.low"), Format: three}, {Label: c.T("churnmodel.high"), Format: three},
			{Label: c.T("churnmodel.lift"), Format: view.Format{Style: view.Decimal, Decimals: 2}}, {Label: c.T("churnmodel.recall"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.loss"), Format: three}, {Label: c.T("churnmodel.ece"), Unit: "%", Format: bare()}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("churnmodel.name." + page.Text(row[0]))), page.Value(row[1]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[9]), page.Value(row[7]), page.Value(row[8])}})
	}
	return t
}

// grades say what the model is worth beside the baselines, in words.
func (c desk) grades(ctx context.Context) ([]view.Block, error) {
	rows, err := c.read(ctx, "model_grade")
	var blocks []view.Block
	for _, row := range rows {
		blocks = append(blocks, view.Block{Note: &view.Note{Text: c.T("churnmodel.grade", "words", c.InLanguage(page.Text(row[0]), page.Text(row[1])))}})
	}
	return blocks, err
}

// modelCharts are calibration, gain and the course of silence by band.
func (c desk) modelCharts(ctx context.Context) ([]view.Block, error) {
	rows, err := c.read(ctx, "model_calibration")
	if err != nil {
		return nil, err
	}
	calibration := &view.Chart{ID: "churn-calibration", Kind: view.Curve, Title: c.T("churnmodel.calibration"), Subtitle: c.T("churnmodel.calibration.sub"), Insight: c.T("churnmodel.calibration.text"), Format: view.Pct(),
		XName: c.T("churnmodel.predicted"), YName: c.T("churnmodel.came")}
	calibration.Table = view.Table{Title: calibration.Title, Columns: []view.Column{{Label: c.T("churnmodel.predicted"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.came"), Unit: "%", Format: bare()}, {Label: c.T("col.customers"), Format: view.Integer()}}}
	for _, row := range rows {
		calibration.Points = append(calibration.Points, view.Point{X: page.Value(row[0]).Float, Y: page.Value(row[1]).Float})
		calibration.Table.Rows = append(calibration.Table.Rows, view.Row{Cells: []view.Value{page.Value(row[0]), page.Value(row[1]), page.Value(row[2])}})
	}
	if rows, err = c.read(ctx, "model_gain"); err != nil {
		return nil, err
	}
	gain := &view.Chart{ID: "churn-gain", Kind: view.Curve, Title: c.T("churnmodel.gain"), Subtitle: c.T("churnmodel.gain.sub"), Insight: c.T("churnmodel.gain.text"), Format: view.Pct(), XName: c.T("churnmodel.contacted"), YName: c.T("churnmodel.reached"), Points: []view.Point{{}}}
	gain.Table = view.Table{Title: gain.Title, Columns: []view.Column{{Label: c.T("churnmodel.contacted"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.reached"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.reached.recency"), Unit: "%", Format: bare()},
		{Label: c.T("churnmodel.lift"), Format: view.Format{Style: view.Decimal, Decimals: 2}}}}
	for _, row := range rows {
		gain.Points = append(gain.Points, view.Point{X: page.Value(row[0]).Float, Y: page.Value(row[1]).Float})
		gain.Table.Rows = append(gain.Table.Rows, view.Row{Cells: []view.Value{page.Value(row[0]), page.Value(row[1]), page.Value(row[2]), page.Value(row[3])}})
	}
	curve, err := c.curveChart(ctx)
	if err != nil {
		return nil, err
	}
	return []view.Block{{Width: view.Half, Chart: calibration}, {Width: view.Half, Chart: gain}, {Chart: curve}}, nil
}

// curveChart is the share of customers still silent, by the band they were given.
func (c desk) curveChart(ctx context.Context) (*view.Chart, error) {
	rows, err := c.read(ctx, "model_curve")
	if err != nil {
		return nil, err
	}
	ch := &view.Chart{ID: "churn-curve", Kind: view.Lines, Title: c.T("churnmodel.curve"), Subtitle: c.T("churnmodel.curve.sub"), Insight: c.T("churnmodel.curve.text"), Format: view.Pct()}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("churnmodel.week"), Format: view.Integer()}}}
	for _, band := range []string{"high", "medium", "low"} {
		name := c.T("account.band." + band)
		ch.Series = append(ch.Series, view.Series{Name: name, Role: view.Other})
		ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: name, Unit: "%", Format: bare()}, view.Column{Label: c.T("churnmodel.low"), Unit: "%", Format: bare()}, view.Column{Label: c.T("churnmodel.high"), Unit: "%", Format: bare()})
	}
	ch.Series[0].Role = view.AC
	for _, row := range rows {
		ch.Categories = append(ch.Categories, page.Text(row[0]))
		cells := []view.Value{page.Value(row[0])}
		for k := range ch.Series {
			s, at, low, high := &ch.Series[k], page.Value(row[1+3*k]), page.Value(row[2+3*k]), page.Value(row[3+3*k])
			s.Values, s.Low, s.High = append(s.Values, at), append(s.Low, low), append(s.High, high)
			cells = append(cells, at, low, high)
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	return ch, nil
}

// partTables are the model by origin and by segment.
func (c desk) partTables(ctx context.Context) (origins, segments *view.Table, err error) {
	n := view.Integer()
	columns := func(first view.Column) []view.Column {
		return []view.Column{first, {Label: c.T("col.customers"), Format: n}, {Label: c.T("churnmodel.left"), Format: n}, {Label: c.T("churnmodel.rate"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.predicted"), Unit: "%", Format: bare()},
			{Label: c.T("churnmodel.auc"), Format: view.Format{Style: view.Decimal, Decimals: 3}}, {Label: c.T("churnmodel.lift"), Format: view.Format{Style: view.Decimal, Decimals: 2}}, {Label: c.T("churnmodel.ece"), Unit: "%", Format: bare()}}
	}
	origins = &view.Table{ID: "churn-origins", Title: c.T("churnmodel.origins"), Columns: columns(view.Column{Label: c.T("churn.origin"), Format: view.Format{Style: view.DayDate}})}
	segments = &view.Table{ID: "churn-segments", Title: c.T("churnmodel.segments"), Columns: columns(view.Column{Label: c.T("churnmodel.segment")})}
	for name, t := range map[string]*view.Table{"model_origin": origins, "model_segment": segments} {
		rows, err := c.read(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		for _, row := range rows {
			first := page.Value(row[0])
			if name == "model_segment" {
				first = c.segment(row[0])
			}
			cells := []view.Value{first}
			for _, v := range row[1:] {
				cells = append(cells, page.Value(v))
			}
			t.Rows = append(t.Rows, view.Row{Cells: cells})
		}
	}
	return origins, segments, nil
}

func (c desk) segment(v any) view.Value {
	switch name := page.Text(v); name {
	case "(12 order days and more)":
		return view.T(c.T("churnmodel.established"))
	case "(fewer than 12 order days)":
		return view.T(c.T("churnmodel.occasional"))
	case "(none)":
		return view.T(c.T("churn.notype"))
	}
	return c.KindOf(v)
}

func (c desk) horizonTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "model_horizon")
	if err != nil {
		return nil, err
	}
	n := view.Integer()
	t := &view.Table{ID: "churn-horizon", Title: c.T("churnmodel.horizon"), Subtitle: c.T("churnmodel.horizon.sub"), Footnotes: []string{c.T("churnmodel.horizon.foot")},
		Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("churn.horizon"), Format: n}, {Label: c.T("churnmodel.limit"), Format: n}, {Label: c.T("churnmodel.because"), Wide: true}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.segment(row[0]), page.Value(row[1]), page.Value(row[2]), view.T(c.InLanguage(page.Text(row[3]), page.Text(row[4])))}})
	}
	return t, nil
}

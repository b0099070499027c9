package market

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// outlook is what is expected of the whole company.
type outlook struct {
	net, copies             view.Value // of the months ahead
	netBefore, copiesBefore view.Value // of as many months before; no data where fewer are known
	smape, naive            view.Value // of the total, when made in the past
	grade                   string
	active, today, won      view.Value // customers
	lowest, highest         view.Value // 80 % interval of active
	low                     int64      // customers of low share
	names                   string     // of the first of them
	level                   int64      // whole months known, where only a level could be forecast; 0: more than that
}

// future answers: what comes next, and where is more to be won?
func future(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("future")
	known, err := c.Known(ctx, "score", "forecast")
	if err != nil {
		return p, err
	}
	var o outlook
	if known {
		if err := c.readOutlook(ctx, &o); err != nil {
			return p, err
		}
	}
	if !o.net.Has() {
		p.Message = view.Message{Finding: c.T("future.unknown"), Consequence: c.T("future.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.future"), Text: c.T("future.absent"), Tables: []string{"order_header", "order_line", "customer", "lead", "opportunity"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.T("future.meta"), Unit: c.Lang.Currency(c.Currency), Period: c.T("future.period", "date", view.LongDate(c.Lang, c.AsOf))}
	var sections []view.Section
	for _, part := range []func(context.Context, *outlook) (view.Section, error){c.demandSection, c.projectionSection, c.walletSection, c.leadSection} {
		s, err := part(ctx, &o)
		if err != nil {
			return p, err
		}
		sections = append(sections, s)
	}
	sections[0].Blocks = append([]view.Block{{KPIs: c.outlookFigures(o)}}, sections[0].Blocks...)
	p.Sections, p.Message = sections, c.futureMessage(o)
	return p, nil
}

func (c desk) readOutlook(ctx context.Context, o *outlook) error {
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_total")), func(row []any) error {
		before := view.Value{}
		if whole, _ := row[3].(bool); whole {
			before = page.Value(row[2])
		}
		if page.Text(row[0]) == "net" {
			o.net, o.netBefore, o.level = page.Value(row[1]), before, page.Whole(row[4])
		} else {
			o.copies, o.copiesBefore = page.Value(row[1]), before
		}
		return nil
	})
	if err != nil {
		return err
	}
	return engine.Rows(ctx, c.DB, engine.SQL(statement("future_backtest")), func(row []any) error {
		if page.Text(row[0]) == "total" {
			o.smape, o.naive, o.grade = page.Value(row[3]), page.Value(row[4]), page.Text(row[7])
		}
		return nil
	})
}

func (c desk) futureMessage(o outlook) view.Message {
	m := view.Message{Finding: c.T("future.text", "amount", c.Amount(o.net))}
	switch {
	case o.level > 0:
		m.Finding = c.T("future.text.level", "n", page.Count(c.Lang, o.level), "amount", c.Amount(o.net))
	case o.netBefore.Has() && o.netBefore.Float > 0:
		change := o.net.Float/o.netBefore.Float - 1
		word := "future.text.more"
		if change < 0 {
			word = "future.text.less"
		}
		m.Finding = c.T(word, "amount", c.Amount(o.net), "share", c.Share(view.N(change)))
	}
	switch {
	case !o.smape.Has():
		m.Consequence = c.T("future.so.untested")
	default:
		m.Consequence = c.T("future.so."+o.grade, "miss", c.Share(view.N(o.smape.Float/100)), "naive", c.Share(view.N(o.naive.Float/100)))
	}
	if o.low > 0 {
		m.Consequence += c.T("future.so.wallet", "n", page.Count(c.Lang, o.low), "names", o.names)
	}
	return m
}

func (c desk) outlookFigures(o outlook) *view.KPIRow {
	format, unit := c.Money(o.net, o.netBefore)
	row := &view.KPIRow{ID: "future-data", Title: c.T("future.demand")}
	money := func(label string, v, before view.Value, f view.Format, unit string) {
		k := view.KPI{Label: c.T(label), Value: v, Format: f, Unit: unit, Better: 1, Previous: before, ChangeFormat: f.Change(), Versus: c.T("future.before")}
		switch {
		case o.level > 0 && label != "future.active": // a level says nothing of more or less than before
			k.Previous, k.Note = view.Value{}, c.T("future.level.note")
		case before.Has() && before.Float != 0:
			k.Change, k.Relative = view.N(v.Float-before.Float), view.N(v.Float/before.Float-1)
		default:
			k.Note = c.T("future.nobefore")
		}
		row.Items = append(row.Items, k)
	}
	money("future.net", o.net, o.netBefore, format, unit)
	money("future.copies", o.copies, o.copiesBefore, view.Integer(), "")
	if o.active.Has() {
		money("future.active", o.active, o.today, view.Integer(), "")
		row.Items[len(row.Items)-1].Versus = c.T("future.today")
		row.Items = append(row.Items, view.KPI{Label: c.T("future.won"), Value: o.won, Format: view.Integer(), Better: 1, Note: c.T("future.won.note")})
	}
	return row
}

// demandSection is the forecast of the whole and of the largest subjects, how such
// forecasts did, and the titles to order ahead.
func (c desk) demandSection(ctx context.Context, o *outlook) (view.Section, error) {
	s := view.Section{ID: "demand", Title: c.T("future.demand"), Lead: c.T("future.demand.lead")}
	if o.level > 0 {
		s.Lead = c.T("future.demand.level", "n", page.Count(c.Lang, o.level))
	}
	charts, err := c.demandCharts(ctx, o.level > 0)
	if err != nil {
		return s, err
	}
	s.Blocks = charts
	t, err := c.gradeTable(ctx)
	if err != nil {
		return s, err
	}
	titles, err := c.titleBlock(ctx)
	s.Blocks = append(s.Blocks, view.Block{Table: t}, titles)
	return s, err
}

// demandCharts are the whole, and six subjects beside each other.
func (c desk) demandCharts(ctx context.Context, isLevel bool) ([]view.Block, error) {
	const most = 7
	var lists [most]band
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_series"), most), func(row []any) error {
		b := &lists[page.Whole(row[0])-1]
		b.name = c.InLanguage(page.Text(row[1]), page.Text(row[2]))
		month, _ := row[3].(time.Time)
		b.add(month, page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]))
		return nil
	})
	if err != nil {
		return nil, err
	}
	var blocks []view.Block
	for i := range lists {
		b := &lists[i]
		if len(b.months) == 0 {
			continue
		}
		format, unit := c.Money(b.actual...)
		width, title := view.Half, b.name
		if i == 0 {
			width, title = view.Full, c.T("future.total")
		}
		ch := c.bandChart(fmt.Sprintf("forecast-%d", i), title, c.T("future.chart.sub", "unit", unit), *b, format, unit)
		if !isLevel { // a level says nothing of more or less than before
			ch.Insight = c.bandText(*b)
		}
		blocks = append(blocks, view.Block{Width: width, Chart: ch})
	}
	return blocks, nil
}

// bandText says what the months ahead come to beside as many before.
func (c desk) bandText(b band) string {
	var ahead, before float64
	n := 0
	for _, v := range b.mean {
		if v.Has() {
			ahead += v.Float
			n++
		}
	}
	for k := len(b.actual) - 2*n; k < len(b.actual)-n; k++ {
		if k < 0 || !b.actual[k].Has() {
			return c.T("future.chart.text", "amount", c.Amount(view.N(ahead)))
		}
		before += b.actual[k].Float
	}
	if before <= 0 {
		return c.T("future.chart.text", "amount", c.Amount(view.N(ahead)))
	}
	word := "future.chart.more"
	if ahead < before {
		word = "future.chart.less"
	}
	return c.T(word, "amount", c.Amount(view.N(ahead)), "share", c.Share(view.N(ahead/before-1)))
}

// gradeTable tells in words how such forecasts did.
func (c desk) gradeTable(ctx context.Context) (*view.Table, error) {
	one := view.Format{Style: view.Decimal, Decimals: 1}
	t := &view.Table{ID: "forecast-grade", Title: c.T("future.grade"), Subtitle: c.T("future.grade.sub"), Empty: c.T("future.so.untested"), Footnotes: []string{c.T("future.grade.foot")},
		Columns: []view.Column{{Label: c.T("future.level")}, {Label: c.T("future.series"), Format: view.Integer()}, {Label: c.T("future.miss"), Unit: "%", Format: one}, {Label: c.T("future.naive"), Unit: "%", Format: one},
			{Label: c.T("future.in80"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.in95"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.verdict")}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_backtest")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("future.level." + page.Text(row[0]))), page.Value(row[1]), page.Value(row[3]), page.Value(row[4]),
			page.Value(row[5]), page.Value(row[6]), view.T(c.T("future.verdict." + page.Text(row[7])))}})
		return nil
	})
	return t, err
}

// titleBlock lists the titles to order ahead, or says what that needs.
func (c desk) titleBlock(ctx context.Context) (view.Block, error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("future_counted")))
	if err != nil {
		return view.Block{}, err
	}
	if page.Whole(row[0]) == 0 {
		return view.Block{Absent: &view.Absent{Title: c.T("future.titles"), Text: c.T("future.titles.absent"), Tables: []string{"inventory_snapshot", "inventory_move"}}}, nil
	}
	t, err := c.titleTable(ctx)
	return view.Block{Table: t}, err
}

func (c desk) titleTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "forecast-titles", Title: c.T("future.titles"), Subtitle: c.T("future.titles.sub"), Empty: c.T("future.titles.none"), Footnotes: []string{c.T("future.titles.foot")},
		Columns: []view.Column{{Label: c.T("future.title"), Wide: true}, {Label: c.T("future.sold"), Format: n}, {Label: c.T("future.stock"), Format: n}, {Label: c.T("future.expected"), Format: n},
			{Label: c.T("future.missing"), Format: n, Visual: view.Share}, {Label: c.T("future.method")}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_titles"), 10), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), view.T(c.T("future.method." + page.Text(row[5])))}})
		return nil
	})
	return t, err
}

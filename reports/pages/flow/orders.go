package flow

import (
	"context"
	"time"

	"verso/reports/page"
	"verso/reports/view"
)

// orders are the figures of order flow as a whole, in the order of flow_total.
type orders []view.Value

func (o orders) share(hits, cases int) view.Value { return view.Ratio(o[hits], o[cases]) }

// before is a share of the year before; of too few cases to compare with it is none.
func (o orders) before(hits, cases int) view.Value {
	return since(o[cases], o.share(hits, cases))
}

// flow answers: how long do orders take, and where do they pile up?
func flow(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	known, err := c.known(ctx, "core", "fact_order_stage", "fact_stage_event")
	if err != nil || !known {
		return c.dark("flow", "order_line_stage_event"), err
	}
	total, err := c.figures(ctx, "flow_total", c.years()...)
	if err != nil {
		return view.Page{}, err
	}
	o := orders(total)
	if !o[0].Has() || o[0].Float+o[3].Float+o[8].Float == 0 {
		return c.dark("flow", "order_line_stage_event"), nil
	}
	p := c.Page("flow")
	p.Meta = view.Meta{Measure: c.T("flow.meta"), Unit: c.T("flow.days"), Period: page.LastTwelveMonths(c.AsOf).Label(c.Lang), Scenario: c.T("flow.scenario")}
	stages, slowest, alarms, err := c.stageTable(ctx)
	if err != nil {
		return p, err
	}
	open, pile, err := c.openTable(ctx)
	if err != nil {
		return p, err
	}
	promises, err := c.promiseBlocks(ctx)
	if err != nil {
		return p, err
	}
	batches, err := c.batchBlocks(ctx, o)
	if err != nil {
		return p, err
	}
	rush, err := c.rushBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.flowMessage(o, slowest, pile, alarms)
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("flow.whole"), Blocks: []view.Block{{KPIs: c.flowFigures(o)}}},
		{ID: "stages", Title: c.T("flow.stages"), Lead: c.T("flow.stages.lead"), Blocks: []view.Block{{Table: stages}}},
		{ID: "bottlenecks", Title: c.T("flow.bottlenecks"), Lead: c.T("flow.bottlenecks.lead"), Blocks: []view.Block{{Table: open}}},
		{ID: "promises", Title: c.T("flow.promises"), Lead: c.T("flow.promises.lead"), Blocks: promises},
		{ID: "batches", Title: c.T("flow.batches"), Lead: c.T("flow.batches.lead"), Blocks: batches},
		{ID: "rush", Title: c.T("flow.rush"), Lead: c.T("flow.rush.lead"), Blocks: rush},
	}
	return p, nil
}

// flowMessage says how long orders take, which stage is longest, and where open
// lines are stuck.
func (c desk) flowMessage(o orders, slowest, pile string, alarms string) view.Message {
	pairs := []string{"open", page.Count(c.Lang, int64(o[0].Float)), "value", c.Amount(page.Zero(o[1])), "overdue", page.Count(c.Lang, int64(o[2].Float)), "p50", c.plain(o[4]), "p90", c.plain(o[5]), "stage", slowest, "pile", pile, "alarms", alarms}
	m := view.Message{Finding: c.T("flow.text.open", pairs...), Consequence: c.T("flow.so.open", pairs...)}
	if o[4].Has() {
		m.Finding = c.T("flow.text", pairs...)
	}
	if slowest == "" && o[4].Has() {
		m.Finding = c.T("flow.text.whole", pairs...)
	}
	switch {
	case pile != "" && alarms != "":
		m.Consequence = c.T("flow.so.alarms", pairs...)
	case pile != "":
		m.Consequence = c.T("flow.so", pairs...)
	case alarms != "":
		m.Consequence = c.T("flow.so.only", pairs...)
	}
	return m
}

func (c desk) flowFigures(o orders) *view.KPIRow {
	row := &view.KPIRow{ID: "flow-data", Title: c.T("flow.whole")}
	days := c.T("flow.days")
	c.kpi(row, "p50", o[4], o[6], view.Integer(), days, -1, "n", page.Count(c.Lang, int64(o[3].Float)))
	c.kpi(row, "p90", o[5], o[7], view.Integer(), days, -1)
	c.kpi(row, "ontime", o.share(9, 8), o.before(12, 11), view.Pct(), "", 1, "n", page.Count(c.Lang, int64(o[8].Float)))
	c.kpi(row, "otif", o.share(10, 8), o.before(13, 11), view.Pct(), "", 1)
	c.kpi(row, "open", o[0], view.Value{}, view.Integer(), "", -1, "value", c.Amount(page.Zero(o[1])))
	c.kpi(row, "overdue", o[2], view.Value{}, view.Integer(), "", -1)
	c.kpi(row, "wait", o.share(14, 15), view.Value{}, view.Pct(), "", -1)
	c.kpi(row, "rush", o.share(17, 16), o.before(19, 18), view.Pct(), "", 0, "n", page.Count(c.Lang, int64(o[17].Float)))
	return row
}

// stageTable is every stage with its control chart; slowest names the stage that
// takes most days, alarms the stages out of control within half a year.
func (c desk) stageTable(ctx context.Context) (t *view.Table, slowest, alarms string, err error) {
	rows, err := c.rows(ctx, "flow_stages", c.year()...)
	if err != nil {
		return nil, "", "", err
	}
	charts := map[int64]chart{}
	if known, err := c.Known(ctx, "score", "stage_alarm"); err != nil {
		return nil, "", "", err
	} else if known {
		limits, err := c.rows(ctx, "flow_limits")
		if err != nil {
			return nil, "", "", err
		}
		for _, row := range limits {
			h := charts[page.Whole(row[0])]
			h.add(month(row[1]), page.Value(row[2]), page.Value(row[7]), row[3:7])
			charts[page.Whole(row[0])] = h
		}
	}
	var all []time.Time
	whole := 0.0
	for _, row := range rows {
		whole += page.Value(row[6]).Float
	}
	t = c.table("stages", c.word("stage"), c.count("lines"), c.days("p50"), c.days("p90"), seen(c.share("timeshare"), view.Share), view.Column{Label: c.T("flow.col.usual.days"), Format: view.Format{Style: view.Decimal, Decimals: 1}},
		view.Column{Label: c.T("flow.col.strip"), Visual: view.Spark}, c.wide("outside"))
	longest, signals := 0.0, []string{}
	for _, row := range rows {
		name := c.InLanguage(page.Text(row[1]), page.Text(row[2]))
		days := page.Value(row[6])
		if days.Float > longest {
			longest, slowest = days.Float, c.T("flow.stage.share", "stage", name, "share", c.Share(view.N(days.Float/whole)))
		}
		h := charts[page.Whole(row[0])].last(24)
		outside, usual := c.T("flow.inside"), view.Value{}
		if n := len(h.limits); n > 0 && h.limits[n-1].Known {
			usual, all = view.N(h.limits[n-1].Center), h.months
		} else {
			outside = c.T("flow.tooshort")
		}
		if months := h.outside(); len(months) > 0 {
			outside = c.said(months)
			if months[len(months)-1].After(c.AsOf.AddDate(0, -7, 0)) {
				signals = append(signals, c.T("flow.signal", "stage", name, "months", c.said(months)))
			}
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), view.Ratio(days, view.N(whole)), usual, h.strip(), view.T(outside)}})
	}
	t.Columns[6].Months = page.Names(c.Lang, all)
	return t, slowest, join(signals, c.T("flow.semicolon")), nil
}

func join(parts []string, with string) string {
	s := ""
	for i, p := range parts {
		if i > 0 {
			s += with
		}
		s += p
	}
	return s
}

// openTable is where open lines stand; pile names the stage with most that are
// stuck.
func (c desk) openTable(ctx context.Context) (t *view.Table, pile string, err error) {
	rows, err := c.rows(ctx, "flow_open")
	if err != nil {
		return nil, "", err
	}
	amounts := column(rows, 3)
	sum := view.I(0)
	for _, v := range amounts {
		sum = view.Sum(sum, page.Zero(v))
	}
	t = c.table("open", c.word("stands"), seen(c.count("open"), view.Share), c.money("value", sum), c.days("age"), c.days("usual90"), better(seen(c.count("stuck"), view.Share), -1), c.money("stuckvalue", sum), c.count("overdue"))
	lines, stuck, stuckValue, overdue, most := view.I(0), view.I(0), view.I(0), view.I(0), 0.0
	for _, row := range rows {
		name := c.InLanguage(page.Text(row[0]), page.Text(row[1]))
		if n := page.Value(row[6]); n.Float > most {
			most, pile = n.Float, c.T("flow.pile", "stage", name, "n", page.Count(c.Lang, int64(n.Float)), "value", c.Amount(page.Zero(page.Value(row[7]))), "days", c.plain(page.Zero(page.Value(row[5]))))
		}
		lines, stuck, overdue = view.Sum(lines, page.Value(row[2])), view.Sum(stuck, page.Value(row[6])), view.Sum(overdue, page.Value(row[8]))
		stuckValue = view.Sum(stuckValue, page.Zero(page.Value(row[7])))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[2]), page.Zero(page.Value(row[3])), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Zero(page.Value(row[7])), page.Value(row[8])}})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), lines, sum, {}, {}, stuck, stuckValue, overdue}})
	}
	return t, pile, nil
}

// promiseBlocks are the control charts of what was promised.
func (c desk) promiseBlocks(ctx context.Context) ([]view.Block, error) {
	t, charts, err := c.controls(ctx, "promises", "on_time", "in_full")
	if err != nil {
		return nil, err
	}
	if len(t.Rows) == 0 {
		return []view.Block{c.absent("flow.promises", "order_line_stage_event")}, nil
	}
	blocks := []view.Block{{Table: t}}
	if len(charts[0].months) > 2 {
		blocks = append(blocks, view.Block{Chart: c.drawn("late-lines", charts[0].complement(), -1)})
	}
	return blocks, nil
}

// batchBlocks are the batches by kind, and what waiting for them takes.
func (c desk) batchBlocks(ctx context.Context, o orders) ([]view.Block, error) {
	known, err := c.Known(ctx, "core", "dim_batch")
	if err != nil || !known {
		return []view.Block{c.absent("flow.batches", "batch")}, err
	}
	rows, err := c.rows(ctx, "flow_batches", c.year()...)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []view.Block{c.absent("flow.batches", "batch")}, nil
	}
	one := view.Format{Style: view.Decimal, Decimals: 1}
	perKg := c.money("perkg", column(rows, 6)...)
	perKg.Format, perKg.Unit, perKg.Total = one, c.Lang.Currency(c.Currency), "≠"
	t := c.table("batches", c.word("batch"), c.word("mode"), c.count("batches"), c.days("batchopen"), view.Column{Label: c.T("flow.col.perbatch"), Format: one}, c.money("freight", column(rows, 6)...), c.money("duty", append(column(rows, 7), column(rows, 6)...)...), perKg)
	for _, row := range rows {
		mode := view.Value{}
		if page.Text(row[1]) != "" {
			mode = view.T(c.T("flow.mode." + page.Text(row[1])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("flow.batch." + page.Text(row[0]))), mode, page.Value(row[2]), page.Value(row[3]), view.Ratio(page.Value(row[4]), page.Value(row[5])), page.Value(row[6]), page.Value(row[7]), view.Ratio(page.Value(row[6]), page.Value(row[8]))}})
	}
	blocks := []view.Block{{Table: t}}
	if wait := o.share(14, 15); wait.Has() {
		blocks = append(blocks, view.Block{Note: &view.Note{Text: c.T("flow.batches.wait", "share", c.Share(wait))}})
	}
	return blocks, nil
}

// rushBlocks say what rushing brings.
func (c desk) rushBlocks(ctx context.Context) ([]view.Block, error) {
	const most = 10
	rows, err := c.rows(ctx, "flow_rush", c.year()...)
	if err != nil {
		return nil, err
	}
	t := c.table("rush", c.word("kind"), c.count("ordered"), c.money("net", column(rows, 2)...), c.days("toorder"), c.days("p50"), c.days("p90"), c.share("ontime"), c.share("marginrate"))
	p50 := map[bool]view.Value{}
	rushed := false
	for _, row := range rows {
		is, _ := row[0].(bool)
		key := "flow.rush.no"
		if is {
			key, rushed = "flow.rush.yes", true
		}
		p50[is] = page.Value(row[4])
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T(key)), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), view.Ratio(page.Value(row[7]), page.Value(row[6])), view.Ratio(page.Value(row[9]), page.Value(row[8]))}})
	}
	if !rushed {
		return []view.Block{{Note: &view.Note{Text: c.T("flow.rush.none")}}}, nil
	}
	blocks := []view.Block{{Table: t}}
	if yes, no := p50[true], p50[false]; yes.Has() && no.Has() {
		key := "flow.rush.gain"
		if no.Float <= yes.Float {
			key = "flow.rush.nogain"
		}
		blocks = append(blocks, view.Block{Note: &view.Note{Text: c.T(key, "days", c.plain(view.Sub(no, yes)), "yes", c.plain(yes), "no", c.plain(no))}})
	}
	rows, err = c.rows(ctx, "flow_rushers", c.year(most)...)
	if err != nil {
		return nil, err
	}
	who := c.table("rushers", c.wide("customer"), seen(c.count("rushlines"), view.Share), c.count("ordered"), c.share("rushshare"))
	for _, row := range rows {
		who.Rows = append(who.Rows, view.Row{Cells: append([]view.Value{c.name(row)}, values(row, 3, 6)...)})
	}
	return append(blocks, view.Block{Table: who}), nil
}

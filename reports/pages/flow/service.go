package flow

import (
	"context"

	"verso/reports/page"
	"verso/reports/view"
)

// service answers: how fast and how well do we answer, and does it show in what
// customers spend?
func service(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	known, err := c.known(ctx, "core", "fact_ticket", "dim_ticket_kind")
	if err != nil || !known {
		return c.dark("service", "ticket", "survey_response"), err
	}
	rows, err := c.rows(ctx, "service_total", c.years()...)
	if err != nil {
		return view.Page{}, err
	}
	if len(rows) < 2 || page.Whole(rows[0][12]) == 0 {
		return c.dark("service", "ticket", "survey_response"), nil
	}
	now, before := values(rows[0], 0, 12), values(rows[1], 0, 12)
	p := c.Page("service")
	p.Meta = view.Meta{Measure: c.T("service.meta"), Unit: c.T("flow.hours"), Period: page.LastTwelveMonths(c.AsOf).Label(c.Lang), Scenario: c.T("flow.scenario")}
	types, err := c.ticketTypes(ctx)
	if err != nil {
		return p, err
	}
	causes, main, err := c.ticketCauses(ctx, now[1])
	if err != nil {
		return p, err
	}
	tiers, err := c.ticketTiers(ctx)
	if err != nil {
		return p, err
	}
	surveys, score, err := c.surveyBlock(ctx)
	if err != nil {
		return p, err
	}
	effect, err := c.effectBlocks(ctx)
	if err != nil {
		return p, err
	}
	process, charts, err := c.controls(ctx, "servicecontrol", "service_level", "complaint")
	if err != nil {
		return p, err
	}
	control := []view.Block{{Table: process}}
	if h := charts[1].last(24); len(h.months) > 2 {
		control = append(control, view.Block{Chart: c.drawn("complaints", h, -1)})
	}
	p.Message = c.serviceMessage(now, before, main, score)
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("service.whole"), Blocks: []view.Block{{KPIs: c.serviceFigures(now, before)}, {Table: types}}},
		{ID: "control", Title: c.T("service.control"), Lead: c.T("service.control.lead"), Blocks: control},
		{ID: "causes", Title: c.T("service.causes"), Lead: c.T("service.causes.lead"), Blocks: []view.Block{{Table: causes}}},
		{ID: "tiers", Title: c.T("service.tiers"), Lead: c.T("service.tiers.lead"), Blocks: []view.Block{tiers}},
		{ID: "satisfaction", Title: c.T("service.satisfaction"), Lead: c.T("service.satisfaction.lead"), Blocks: []view.Block{surveys}},
		{ID: "effect", Title: c.T("service.effect"), Lead: c.T("service.effect.lead"), Blocks: effect},
	}
	return p, nil
}

// hour writes hours in a sentence.
func (c desk) hour(v view.Value) string { return view.Figure(c.Lang, v.Float, 1, false) }

func (c desk) serviceMessage(now, before []view.Value, cause, score string) view.Message {
	if now[1].Float == 0 {
		return view.Message{Finding: c.T("service.text.quiet"), Consequence: c.T("service.so.quiet")}
	}
	pairs := []string{"n", page.Count(c.Lang, int64(now[1].Float)), "complaints", page.Count(c.Lang, int64(now[2].Float)), "before", page.Count(c.Lang, int64(before[2].Float)), "p50", c.hour(now[3]), "p90", c.hour(now[4]), "breach", c.Share(page.Zero(now[8])), "open", page.Count(c.Lang, int64(now[9].Float)), "overdue", page.Count(c.Lang, int64(now[10].Float)), "cause", cause}
	m := view.Message{Finding: c.T("service.text", pairs...), Consequence: c.T("service.so.plain", pairs...)}
	if !now[3].Has() {
		m.Finding = c.T("service.text.untimed", pairs...)
	}
	if cause != "" {
		m.Consequence = c.T("service.so", pairs...)
	}
	if score != "" {
		m.Consequence = c.T("flow.two", "first", m.Consequence, "then", score)
	}
	return m
}

func (c desk) serviceFigures(now, before []view.Value) *view.KPIRow {
	row := &view.KPIRow{ID: "service-data", Title: c.T("service.whole")}
	one, hours := view.Format{Style: view.Decimal, Decimals: 1}, c.T("flow.hours")
	if before[1].Float == 0 {
		before = make([]view.Value, len(now))
	}
	c.kpi(row, "tickets", now[1], before[1], view.Integer(), "", -1)
	c.kpi(row, "complaints", now[2], before[2], view.Integer(), "", -1)
	c.kpi(row, "response50", now[3], before[3], one, hours, -1, "p90", c.hour(now[4]))
	c.kpi(row, "resolution50", now[5], before[5], one, hours, -1, "p90", c.hour(now[6]))
	c.kpi(row, "fcr", now[7], before[7], view.Pct(), "", 1)
	c.kpi(row, "breached", now[8], before[8], view.Pct(), "", -1)
	c.kpi(row, "unresolved", now[9], view.Value{}, view.Integer(), "", -1, "n", page.Count(c.Lang, int64(now[10].Float)))
	format, unit := c.Money(now[11])
	c.kpi(row, "servicecost", now[11], before[11], format, unit, -1)
	return row
}

func (c desk) ticketTypes(ctx context.Context) (*view.Table, error) {
	rows, err := c.rows(ctx, "service_types", c.years()...)
	if err != nil {
		return nil, err
	}
	one := c.count("csat")
	one.Format = view.Format{Style: view.Decimal, Decimals: 1}
	one.Total = "≠"
	t := c.table("types", c.word("about"), seen(c.count("tickets"), view.Share), c.count("ticketsbefore"), c.count("complaints"), c.hours("response50"), c.hours("response90"), c.hours("resolution50"), c.hours("resolution90"), c.share("breach"), c.money("servicecost", column(rows, 9)...), one)
	sums := []view.Value{view.I(0), view.I(0), view.I(0), view.I(0)}
	for _, row := range rows {
		label := c.T("member.none")
		if s := page.Text(row[0]); s != "" {
			label = c.MemberLabel("ticket.type", s)
		}
		for i, at := range []int{1, 2, 3, 9} {
			sums[i] = view.Sum(sums[i], page.Zero(page.Value(row[at])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: append([]view.Value{view.T(label)}, values(row, 1, 11)...)})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), sums[0], sums[1], sums[2], {}, {}, {}, {}, {}, sums[3], {}}})
	}
	return t, nil
}

// ticketCauses are the causes noted; main says the commonest.
func (c desk) ticketCauses(ctx context.Context, tickets view.Value) (t *view.Table, main string, err error) {
	rows, err := c.rows(ctx, "service_causes", c.years()...)
	if err != nil {
		return nil, "", err
	}
	sum := 0.0
	for _, row := range rows {
		sum += page.Value(row[1]).Float
	}
	t = c.table("causes", c.word("cause"), seen(c.count("tickets"), view.Share), c.share("causeshare"), c.share("cumulative"), c.count("ticketsbefore"), c.count("complaints"), c.count("customers"))
	run := 0.0
	for i, row := range rows {
		n := page.Value(row[1])
		run += n.Float
		label := c.MemberLabel("ticket.root_cause", row[0])
		cells := []view.Value{view.T(label), n, {}, {}, page.Value(row[2]), page.Value(row[3]), page.Value(row[4])}
		if sum > 0 {
			cells[2], cells[3] = view.N(n.Float/sum), view.N(run/sum)
		}
		if i == 0 && n.Float > 0 {
			main = c.T("service.main", "cause", label, "share", c.Share(view.N(n.Float/sum)), "n", page.Count(c.Lang, int64(n.Float)))
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	if sum > 0 && tickets.Float > sum {
		t.Footnotes = append(t.Footnotes, c.T("service.nocause", "n", page.Count(c.Lang, int64(tickets.Float-sum)), "of", page.Count(c.Lang, int64(tickets.Float))))
	}
	return t, main, nil
}

func (c desk) ticketTiers(ctx context.Context) (view.Block, error) {
	known, err := c.Known(ctx, "score", "pyramid")
	if err != nil || !known {
		return c.absent("service.tiers", "order_line"), err
	}
	rows, err := c.rows(ctx, "service_tiers", c.year()...)
	if err != nil {
		return view.Block{}, err
	}
	t := c.table("tickettiers", c.word("tier"), c.count("tickets"), c.count("customers"), c.hours("response50"), c.hours("response90"), c.hours("resolution50"), c.hours("resolution90"), c.count("complaints"), c.share("breach"))
	for _, row := range rows {
		label := c.T("member.none")
		if s := page.Text(row[0]); s != "" {
			label = c.TierLabel(s)
		}
		t.Rows = append(t.Rows, view.Row{Cells: append([]view.Value{view.T(label)}, values(row, 1, 9)...)})
	}
	return view.Block{Table: t}, nil
}

// surveyBlock is the satisfaction by quarter; said is the latest in a sentence.
func (c desk) surveyBlock(ctx context.Context) (b view.Block, said string, err error) {
	known, err := c.Known(ctx, "core", "fact_survey")
	if err != nil || !known {
		return c.absent("service.satisfaction", "survey_response"), "", err
	}
	rows, err := c.rows(ctx, "service_surveys", page.ISO(c.AsOf), page.ISO(c.AsOf))
	if err != nil {
		return b, "", err
	}
	if len(rows) == 0 {
		return c.absent("service.satisfaction", "survey_response"), "", nil
	}
	score := view.Column{Label: c.T("flow.col.mean"), Format: view.Format{Style: view.Decimal, Decimals: 2}}
	nps := c.count("nps")
	nps.Format = points()
	nps.Visual, nps.Better = view.Variance, 1
	t := c.table("surveys", c.word("quarter"), c.count("answers"), score, nps, c.share("promoters"), c.share("detractors"))
	for _, row := range rows {
		m := month(row[0])
		t.Rows = append(t.Rows, view.Row{Cells: append([]view.Value{view.T(c.T("flow.quarter", "q", c.plain(view.I(int64(m.Month())/3+1)), "year", m.Format("2006")))}, values(row, 1, 6)...)})
	}
	last := rows[len(rows)-1]
	said = c.T("service.score", "mean", view.Figure(c.Lang, page.Value(last[2]).Float, 1, false), "n", page.Count(c.Lang, page.Whole(last[1])), "nps", view.Show(c.Lang, page.Value(last[3]), points()))
	return view.Block{Table: t}, said, nil
}

// effectBlocks say what became of the spend of those who asked and complained.
func (c desk) effectBlocks(ctx context.Context) ([]view.Block, error) {
	rows, err := c.rows(ctx, "service_effect", c.years()...)
	if err != nil {
		return nil, err
	}
	amounts := append(column(rows, 2), column(rows, 3)...)
	change := c.share("change")
	change.Format, change.Visual, change.Better = view.Pct().Bare().Change(), view.Variance, 1
	t := c.table("effect", c.wide("experience"), c.count("customers"), c.money("spentbefore", amounts...), c.money("spentnow", amounts...), change, c.share("stillbuying"))
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("service.experience." + page.Text(row[0]))), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), view.Relative(page.Value(row[3]), page.Value(row[2])), view.Ratio(page.Value(row[4]), page.Value(row[1]))}})
	}
	blocks := []view.Block{{Table: t}}
	known, err := c.Known(ctx, "score", "hazard")
	if err != nil || !known {
		return blocks, err
	}
	if rows, err = c.rows(ctx, "service_hazard"); err != nil || len(rows) == 0 {
		return blocks, err
	}
	two := view.Format{Style: view.Decimal, Decimals: 2}
	h := c.table("hazard", c.wide("experience"), c.count("customermonths"), c.count("losses"), view.Column{Label: c.T("flow.col.hazard"), Format: two}, view.Column{Label: c.T("flow.col.from"), Format: two}, view.Column{Label: c.T("flow.col.to"), Format: two})
	for _, row := range rows {
		h.Rows = append(h.Rows, view.Row{Cells: append([]view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1])))}, values(row, 2, 7)...)})
	}
	return append(blocks, view.Block{Table: h}), nil
}

package market

import (
	"context"
	"fmt"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// promotions is what campaigns did as a whole.
type promotions struct {
	campaigns, judged, lifts, tested int64
	cost, costJudged                 view.Value
	naive, incremental, profit       view.Value
	first, last                      view.Value
	placebos, quiet                  int64
	priced, discount, serve          int64
	quoted                           int64 // of priced, those judged by quotations; the others by purchases
}

// promotion answers: which promotion worked, on whom, and what next?
func promotion(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("promotion")
	known, err := c.Known(ctx, "score", "campaign")
	if err != nil {
		return p, err
	}
	var s promotions
	if known {
		if s, err = c.readPromotions(ctx); err != nil {
			return p, err
		}
	}
	if s.campaigns == 0 && s.priced == 0 {
		p.Message = view.Message{Finding: c.T("promotion.unknown"), Consequence: c.T("promotion.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.promotion"), Text: c.T("promotion.absent"), Tables: []string{"campaign", "campaign_target", "campaign_response", "campaign_cost", "quote"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.T("promotion.meta"), Unit: c.Lang.Currency(c.Currency), Period: c.T("promotion.period", "date", view.LongDate(c.Lang, c.AsOf))}
	effects, beliefs, err := c.campaignTables(ctx, s)
	if err != nil {
		return p, err
	}
	types, err := c.campaignTypes(ctx)
	if err != nil {
		return p, err
	}
	fatigue, err := c.fatigueBlocks(ctx)
	if err != nil {
		return p, err
	}
	price, err := c.priceBlocks(ctx, s)
	if err != nil {
		return p, err
	}
	next, err := c.nextBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.promotionMessage(s)
	p.Sections = []view.Section{
		{ID: "effects", Title: c.T("promotion.effects"), Lead: c.T("promotion.effects.lead"), Blocks: []view.Block{{KPIs: c.promotionFigures(s)}, {Table: effects}}},
		{ID: "beliefs", Title: c.T("promotion.beliefs"), Lead: c.T("promotion.beliefs.lead"), Blocks: []view.Block{{Table: types}, {Table: beliefs}}},
		{ID: "tired", Title: c.T("fatigue.section"), Lead: c.T("fatigue.lead"), Blocks: fatigue},
		{ID: "price", Title: c.T("price.section"), Lead: c.T(s.priceWord("price.lead")), Blocks: price},
		{ID: "next", Title: c.T("promotion.next"), Lead: c.T("promotion.next.lead"), Blocks: next},
	}
	return p, nil
}

// priceWord is the word of what customers were judged by on price: quotations, or
// purchases where there are none.
func (s promotions) priceWord(key string) string {
	if s.priced > 0 && s.quoted == 0 {
		return key + ".bought"
	}
	return key
}

func (c desk) readPromotions(ctx context.Context) (s promotions, err error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("promotion_total")))
	if err != nil {
		return s, err
	}
	s = promotions{campaigns: page.Whole(row[0]), judged: page.Whole(row[1]), lifts: page.Whole(row[2]), tested: page.Whole(row[3]), cost: page.Zero(page.Value(row[4])),
		costJudged: page.Zero(page.Value(row[5])), naive: page.Value(row[6]), incremental: page.Value(row[7]), profit: page.Value(row[8]), first: page.Value(row[9]), last: page.Value(row[10])}
	for _, part := range []struct {
		sql string
		to  []*int64
	}{{"promotion_placebo", []*int64{&s.placebos, &s.quiet}}, {"promotion_advice", []*int64{&s.priced, &s.discount, &s.serve, &s.quoted}}} {
		if row, err = engine.One(ctx, c.DB, engine.SQL(statement(part.sql))); err != nil {
			return s, err
		}
		for i, to := range part.to {
			*to = page.Whole(row[i])
		}
	}
	return s, nil
}

func (c desk) promotionMessage(s promotions) view.Message {
	pairs := []string{"n", page.Count(c.Lang, s.judged), "lifts", page.Count(c.Lang, s.lifts), "tested", page.Count(c.Lang, s.tested), "naive", c.Amount(page.Zero(s.naive)),
		"real", c.Amount(page.Zero(s.incremental)), "cost", c.Amount(s.costJudged), "discount", page.Count(c.Lang, s.discount), "serve", page.Count(c.Lang, s.serve)}
	var m view.Message
	switch {
	case s.campaigns == 0:
		return view.Message{Finding: c.T("promotion.text.price", pairs...), Consequence: c.T(s.priceWord("promotion.so.price"), pairs...)}
	case s.judged == 0:
		m.Finding = c.T("promotion.text.none", append(pairs, "n", page.Count(c.Lang, s.campaigns))...)
	case s.lifts == 0:
		m.Finding = c.T("promotion.text.nolift", pairs...)
	default:
		m.Finding = c.T("promotion.text", pairs...)
	}
	switch {
	case !s.incremental.Has():
		m.Consequence = c.T("promotion.so.nomoney")
	case s.incremental.Float <= 0:
		m.Consequence = c.T("promotion.so.loss", pairs...)
	default:
		m.Consequence = c.T("promotion.so", pairs...)
	}
	return m
}

func (c desk) promotionFigures(s promotions) *view.KPIRow {
	row := &view.KPIRow{ID: "promotion-data", Title: c.T("promotion.effects")}
	add := func(key string, v view.Value, f view.Format, unit string, better int, pairs ...string) {
		row.Items = append(row.Items, view.KPI{Label: c.T("promotion.kpi." + key), Value: v, Format: f, Unit: unit, Better: better, Note: c.T("promotion.kpi."+key+".note", pairs...)})
	}
	add("lifts", view.I(s.lifts), view.Integer(), "", 1, "n", page.Count(c.Lang, s.judged))
	add("tested", view.I(s.tested), view.Integer(), "", 1, "n", page.Count(c.Lang, s.campaigns))
	format, unit := c.Money(s.cost)
	add("cost", s.cost, format, unit, 0)
	format, unit = c.Money(s.naive)
	add("naive", s.naive, format, unit, 0)
	format, unit = c.Money(s.incremental)
	add("real", s.incremental, format, unit, 1)
	add("romi", view.Ratio(s.profit, s.costJudged), view.Pct(), "", 1)
	if s.placebos > 0 {
		add("placebo", view.Ratio(view.I(s.quiet), view.I(s.placebos)), view.Pct(), "", 1, "n", page.Count(c.Lang, s.placebos))
	}
	return row
}

// liftPoints are differences of rates in percentage points.
func liftPoints() view.Format {
	return view.Format{Style: view.Decimal, Decimals: 1, Scale: .01, Signed: true}
}

// campaignTables are the campaigns by effect, and by what would have been believed.
func (c desk) campaignTables(ctx context.Context, s promotions) (effects, beliefs *view.Table, err error) {
	const most = 20
	money, unit := c.TableMoney(s.cost, s.naive)
	pct, pts := view.Pct().Bare(), c.T("promotion.points")
	effects = &view.Table{ID: "promotion-campaigns", Title: c.T("promotion.campaigns"), Subtitle: c.T("promotion.campaigns.sub"), Empty: c.T("promotion.campaigns.none"),
		Footnotes: []string{c.T("promotion.campaigns.foot")},
		Columns: []view.Column{{Label: c.T("promotion.campaign"), Wide: true}, {Label: c.T("promotion.start"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("promotion.how")},
			{Label: c.T("promotion.treated"), Format: view.Integer()}, {Label: c.T("promotion.response"), Unit: "%", Format: pct}, {Label: c.T("promotion.baseline"), Unit: "%", Format: pct},
			{Label: c.T("promotion.lift"), Unit: pts, Format: liftPoints(), Visual: view.Interval, Better: 1}, {Label: c.T("promotion.from"), Unit: pts, Format: liftPoints()}, {Label: c.T("promotion.to"), Unit: pts, Format: liftPoints()},
			{Label: c.T("promotion.verdict")}}}
	beliefs = &view.Table{ID: "promotion-money", Title: c.T("promotion.money"), Subtitle: c.T("promotion.money.sub", "unit", unit), Empty: c.T("promotion.campaigns.none"),
		Footnotes: []string{c.T("promotion.money.foot")},
		Columns: []view.Column{{Label: c.T("promotion.campaign"), Wide: true}, {Label: c.T("promotion.cost"), Unit: unit, Format: money}, {Label: c.T("promotion.naive"), Unit: unit, Format: money},
			{Label: c.T("promotion.naive.romi"), Unit: "%", Format: pct}, {Label: c.T("promotion.real"), Unit: unit, Format: money, Visual: view.Interval, Better: 1}, {Label: c.T("promotion.from"), Unit: unit, Format: money},
			{Label: c.T("promotion.to"), Unit: unit, Format: money}, {Label: c.T("promotion.profit"), Unit: unit, Format: money}, {Label: c.T("promotion.romi"), Unit: "%", Format: pct}}}
	rows := 0
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_campaigns"), most), func(row []any) error {
		rows++
		name := view.T(page.Text(row[0]))
		effects.Rows = append(effects.Rows, view.Row{Cells: []view.Value{name, page.Value(row[1]), view.T(c.T("promotion.method." + page.Text(row[3]))), page.Value(row[4]), page.Value(row[6]), page.Value(row[7]),
			page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), view.T(c.T("promotion.verdict." + page.Text(row[11])))}})
		if page.Value(row[16]).Has() {
			beliefs.Rows = append(beliefs.Rows, view.Row{Cells: []view.Value{name, page.Value(row[13]), page.Value(row[14]), page.Value(row[15]), page.Value(row[16]), page.Value(row[17]), page.Value(row[18]), page.Value(row[19]), page.Value(row[20])}})
		}
		return nil
	})
	if rest := s.campaigns - int64(rows); rest > 0 {
		effects.Shown = c.T("promotion.shown", "n", fmt.Sprint(rows), "of", page.Count(c.Lang, s.campaigns))
		beliefs.Shown = c.T("promotion.shown", "n", fmt.Sprint(len(beliefs.Rows)), "of", page.Count(c.Lang, s.campaigns))
	}
	return effects, beliefs, err
}

var campaignMeasures = []string{"campaigns", "judged", "lifts", "cost", "naive_margin", "cost_judged", "incremental_margin", "profit", "romi"}

// campaignTypes is the money by type of campaign.
func (c desk) campaignTypes(ctx context.Context) (*view.Table, error) {
	list, err := c.Members(ctx, "campaign.type", cube.Query{Cube: "campaign_effect", Rows: []string{"campaign.type"}, Measures: campaignMeasures, Sort: []cube.Sort{{By: "cost", Desc: true}}})
	if err != nil {
		return nil, err
	}
	all, err := c.Asker.Ask(ctx, cube.Query{Cube: "campaign_effect", Measures: campaignMeasures})
	if err != nil {
		return nil, err
	}
	whole := page.Figures{}
	for _, row := range all.Rows {
		page.ReadMeasures(all, row, whole)
	}
	money, unit := c.TableMoney(whole["cost"], whole["naive_margin"])
	t := &view.Table{ID: "promotion-types", Title: c.T("promotion.types"), Subtitle: c.T("promotion.money.sub", "unit", unit), Empty: c.T("promotion.campaigns.none"), Footnotes: []string{c.T("promotion.types.foot")},
		Columns: []view.Column{{Label: c.T("promotion.type")}, {Label: c.T("promotion.count"), Format: view.Integer()}, {Label: c.T("promotion.judged"), Format: view.Integer()}, {Label: c.T("promotion.withlift"), Format: view.Integer()},
			{Label: c.T("promotion.cost"), Unit: unit, Format: money}, {Label: c.T("promotion.naive"), Unit: unit, Format: money}, {Label: c.T("promotion.real"), Unit: unit, Format: money, Visual: view.Variance, Better: 1},
			{Label: c.T("promotion.profit"), Unit: unit, Format: money}, {Label: c.T("promotion.romi"), Unit: "%", Format: view.Pct().Bare()}}}
	cells := func(label string, m page.Figures) []view.Value {
		return []view.Value{view.T(label), m["campaigns"], m["judged"], m["lifts"], page.Zero(m["cost"]), m["naive_margin"], m["incremental_margin"], m["profit"], m["romi"]}
	}
	for _, m := range list {
		t.Rows = append(t.Rows, view.Row{Cells: cells(m.Label, m.Values)})
	}
	if len(list) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells(c.T("row.total"), whole)})
	}
	return t, nil
}

// reading is what a model says of itself, as a note.
func (c desk) reading(ctx context.Context, model string) (view.Block, error) {
	text := ""
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_reading"), model), func(row []any) error {
		text = c.InLanguage(page.Text(row[0]), page.Text(row[1]))
		return nil
	})
	return view.Block{Note: &view.Note{Text: text}}, err
}

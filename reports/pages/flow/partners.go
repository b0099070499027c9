package flow

import (
	"context"
	"math"

	"verso/reports/page"
	"verso/reports/view"
)

// expm1 is a logarithm of a ratio as a change: 0.1 is 10.5 % more.
func expm1(x float64) float64 { return math.Expm1(x) }

// partners answers: what do those who sell for us bring, keep and cost?
func partners(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	absent := []string{"customer", "channel_partner", "order_header", "order_line", "return_line"}
	known, err := c.known(ctx, "score", "partner")
	if err != nil || !known {
		return c.dark("partners", absent...), err
	}
	if known, err = c.known(ctx, "core", "fact_customer_month"); err != nil || !known {
		return c.dark("partners", absent...), err
	}
	const most = 30
	rows, err := c.rows(ctx, "partners_list", c.year(most)...)
	if err != nil {
		return view.Page{}, err
	}
	ways, agent, whole, err := c.wayTable(ctx)
	if err != nil {
		return view.Page{}, err
	}
	sources, err := c.sourceTable(ctx)
	if err != nil {
		return view.Page{}, err
	}
	if len(rows) == 0 && len(sources.Rows) == 0 {
		return c.dark("partners", absent...), nil
	}
	p := c.Page("partners")
	p.Meta = view.Meta{Measure: c.T("partners.meta"), Unit: c.Lang.Currency(c.Currency), Period: page.LastTwelveMonths(c.AsOf).Label(c.Lang)}
	p.Message = c.partnersMessage(rows, agent, whole)
	p.Sections = []view.Section{
		{ID: "ways", Title: c.T("partners.ways"), Lead: c.T("partners.ways.lead"), Blocks: []view.Block{{Table: ways}}},
		{ID: "list", Title: c.T("partners.list"), Lead: c.T("partners.list.lead"), Blocks: []view.Block{{Table: c.partnerTable(rows)}}},
		{ID: "sources", Title: c.T("partners.sources"), Lead: c.T("partners.sources.lead"), Blocks: []view.Block{{Table: sources}}},
	}
	return p, nil
}

// rate is a share in a sentence that may be negative.
func (c desk) rate(v view.Value) string { return view.Show(c.Lang, page.Zero(v), view.Pct()) }

func (c desk) partnersMessage(rows [][]any, agent, whole []view.Value) view.Message {
	if len(rows) == 0 || agent == nil {
		return view.Message{Finding: c.T("partners.text.none"), Consequence: c.T("partners.so.sources")}
	}
	var rising []string
	returned, net := view.I(0), view.I(0)
	for _, row := range rows {
		net, returned = view.Sum(net, page.Zero(page.Value(row[5]))), view.Sum(returned, page.Zero(page.Value(row[6])))
		if page.Text(row[14]) == "returns rising" {
			rising = append(rising, c.name(row).Text)
		}
	}
	pairs := []string{"n", page.Count(c.Lang, int64(len(rows))), "net", c.Amount(page.Zero(agent[1])), "share", c.Share(page.Zero(view.Ratio(agent[1], whole[1]))), "rate", c.rate(view.Ratio(agent[8], agent[1])), "all", c.rate(view.Ratio(whole[8], whole[1])),
		"returned", c.Share(page.Zero(view.Ratio(returned, net))), "names", join(rising, c.T("flow.comma"))}
	text := "partners.text"
	if !agent[8].Has() {
		text = "partners.text.costless"
	}
	m := view.Message{Finding: c.T(text, pairs...), Consequence: c.T("partners.so", pairs...)}
	if len(rising) > 0 {
		m.Consequence = c.T("partners.so.rising", pairs...)
	}
	return m
}

// Columns of partners_ways that need costs.
const (
	wayMargin       = 5
	wayContribution = 10
)

// added is a sum so far and one more value, unknown as long as none is known.
func added(sum, v view.Value) view.Value {
	if !v.Has() {
		return sum
	}
	return view.Sum(sum, v)
}

// wayTable is what is left of sales to partners beside those to others; agent and
// whole are the rows of partners and of all: net, then what comes off it, then the
// contribution.
func (c desk) wayTable(ctx context.Context) (t *view.Table, agent, whole []view.Value, err error) {
	rows, err := c.rows(ctx, "partners_ways", c.year()...)
	if err != nil {
		return nil, nil, nil, err
	}
	net := column(rows, 2)
	t = c.table("ways", c.word("who"), c.count("customers"), c.money("net", net...), c.money("returned", net...), c.share("discount"), c.money("margin", net...), c.money("serve", net...), c.money("marketing", net...), c.money("commission", net...), c.money("capital", net...),
		seen(better(c.money("contribution", net...), 1), view.Variance), c.share("contributionrate"))
	sums := make([]view.Value, 11)
	cells := func(label string, v []view.Value) []view.Value {
		return []view.Value{view.T(label), v[0], v[1], v[2], view.Ratio(v[4], v[3]), v[5], v[6], v[7], v[8], v[9], v[10], view.Ratio(v[10], v[1])}
	}
	for _, row := range rows {
		v := values(row, 1, 12)
		for i := range v {
			if i != wayMargin && i != wayContribution { // unknown where no cost is
				v[i] = page.Zero(v[i])
			}
			sums[i] = added(sums[i], v[i])
		}
		if page.Text(row[0]) == "agent" {
			agent = []view.Value{v[0], v[1], v[2], v[5], v[6], v[7], v[8], v[9], v[10]}
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells(c.T("partners.way."+page.Text(row[0])), v)})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells(c.T("row.total"), sums)})
	}
	if len(rows) == 0 {
		return t, nil, sums, nil
	}
	whole = []view.Value{sums[0], sums[1], sums[2], sums[5], sums[6], sums[7], sums[8], sums[9], sums[10]}
	return t, agent, whole, nil
}

// partnerTable lists partners by what they kept.
func (c desk) partnerTable(rows [][]any) *view.Table {
	net := column(rows, 5)
	t := c.table("partnerlist", c.wide("partner"), c.money("net", net...), seen(c.money("kept", net...), view.Share), c.money("margin", net...), c.share("discount"), c.money("commission", net...),
		seen(better(c.money("contribution", net...), 1), view.Variance), c.share("returnrate"), c.share("returnbefore"), c.wide("finding"))
	for _, row := range rows {
		finding := ""
		switch page.Text(row[14]) {
		case "returns rising":
			finding = c.T("performance.flag.rising")
		case "returns high":
			finding = c.T("performance.flag.high")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.name(row), page.Value(row[5]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), page.Value(row[11]), page.Value(row[12]), page.Value(row[13]), view.T(finding)}})
	}
	return t
}

// sourceTable is who brought customers, and what these are worth.
func (c desk) sourceTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.rows(ctx, "partners_sources", c.year()...)
	if err != nil {
		return nil, err
	}
	net := column(rows, 5)
	t := c.table("sources", c.word("source"), c.count("brought"), c.share("bought"), c.count("new"), c.count("active"), seen(c.money("net", net...), view.Share), better(c.money("contribution", net...), 1), c.money("each", column(rows, 6)...))
	sums := make([]view.Value, 6)
	each, unit := view.Format{Style: view.Decimal}, c.Lang.Currency(c.Currency)
	t.Columns[7].Format, t.Columns[7].Unit, t.Columns[7].Total = each, unit, "≠"
	cells := func(label string, v []view.Value) []view.Value {
		return []view.Value{view.T(label), v[0], view.Ratio(v[1], v[0]), v[2], v[3], v[4], v[5], view.Ratio(v[5], v[3])}
	}
	for _, row := range rows {
		v := values(row, 1, 7)
		for i := range v {
			sums[i] = added(sums[i], v[i])
		}
		label := c.T("member.none")
		if s := page.Text(row[0]); s != "" {
			label = c.MemberLabel("customer.source", s)
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells(label, v)})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells(c.T("row.total"), sums)})
	}
	return t, nil
}

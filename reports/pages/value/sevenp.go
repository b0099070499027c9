package value

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// keyCustomers are how many customers the page lists, and drawnCustomers of how
// many it draws the seven scores.
const (
	keyCustomers   = 25
	drawnCustomers = 8
	movedCustomers = 12
)

// sevenTier are the mean scores of one tier.
type sevenTier struct {
	name      string
	customers int64
	composite view.Value
	scores    []view.Value
}

// scoredCustomer is a key customer with its scores.
type scoredCustomer struct {
	key                           int64
	name                          string
	tier, policy                  string
	scores                        []view.Value
	composite, percentile, change view.Value
}

// sevenp answers: what is every customer worth in all seven P's, and what service
// does it deserve?
func sevenp(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("sevenp")
	known, err := c.Known(ctx, "score", "sevenp")
	if err != nil {
		return p, err
	}
	var tiers []sevenTier
	if known {
		if tiers, err = c.readSevenTiers(ctx); err != nil {
			return p, err
		}
	}
	if len(tiers) == 0 || tiers[len(tiers)-1].customers == 0 {
		p.Message = view.Message{Finding: c.T("sevenp.unknown"), Consequence: c.T("sevenp.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.sevenp"), Text: c.T("sevenp.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	all := tiers[len(tiers)-1]
	p.Meta = view.Meta{Measure: c.T("sevenp.meta"), Unit: c.T("sevenp.points"), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	keys, err := c.readKeyCustomers(ctx)
	if err != nil {
		return p, err
	}
	drawn, err := c.radars(ctx, keys, all)
	if err != nil {
		return p, err
	}
	policies, winBack, losing, err := c.policyTable(ctx)
	if err != nil {
		return p, err
	}
	moved, err := c.movedTable(ctx)
	if err != nil {
		return p, err
	}
	weights, err := c.weightPart(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.sevenMessage(tiers, winBack, losing)
	p.Sections = []view.Section{
		{ID: "tiers", Title: c.T("sevenp.tiers"), Lead: c.T("sevenp.tiers.lead"), Blocks: []view.Block{{Width: view.Half, Chart: c.tierHeat(tiers)}, {Width: view.Half, Chart: c.tierRadar(tiers)}}},
		{ID: "service", Title: c.T("sevenp.service"), Lead: c.T("sevenp.service.lead"), Blocks: []view.Block{{Table: policies}}},
		{ID: "key", Title: c.T("sevenp.key"), Lead: c.T("sevenp.key.lead"), Blocks: append([]view.Block{{Table: c.keyTable(keys)}}, drawn...)},
		{ID: "moved", Title: c.T("sevenp.moved"), Lead: c.T("sevenp.moved.lead"), Blocks: []view.Block{{Table: moved}}},
		{ID: "made", Title: c.T("sevenp.made"), Lead: c.T("sevenp.made.lead"), Blocks: []view.Block{weights}},
	}
	return p, nil
}

func (c desk) readSevenTiers(ctx context.Context) ([]sevenTier, error) {
	var list []sevenTier
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_tier")), func(row []any) error {
		t := sevenTier{name: page.Text(row[0]), customers: page.Whole(row[1]), composite: page.Value(row[2])}
		for _, v := range row[3:10] {
			t.scores = append(t.scores, page.Value(v))
		}
		list = append(list, t)
		return nil
	})
	return list, err
}

// sevenMessage names the weakest P of the large customers, and what is to be done.
func (c desk) sevenMessage(tiers []sevenTier, winBack, losing int64) view.Message {
	all := tiers[len(tiers)-1]
	m := view.Message{Finding: c.T("sevenp.text", "n", page.Count(c.Lang, all.customers), "mean", fmt.Sprintf("%.0f", all.composite.Float))}
	if top := tiers[0]; top.name == "top" || top.name == "major" {
		weakest, at := 101.0, -1
		for i, v := range top.scores {
			if v.Has() && v.Float < weakest {
				weakest, at = v.Float, i
			}
		}
		if at >= 0 {
			m.Finding += c.T("sevenp.text.weakest", "tier", c.TierLabel(top.name), "part", c.PartName(page.SevenParts[at]), "score", fmt.Sprintf("%.0f", weakest))
		}
	}
	switch {
	case winBack > 0 && losing > 0:
		m.Consequence = c.T("sevenp.so.both", "n", page.Count(c.Lang, winBack), "losing", page.Count(c.Lang, losing))
	case winBack > 0:
		m.Consequence = c.T("sevenp.so.back", "n", page.Count(c.Lang, winBack))
	case losing > 0:
		m.Consequence = c.T("sevenp.so.losing", "n", page.Count(c.Lang, losing), "losing", page.Count(c.Lang, losing))
	default:
		m.Consequence = c.T("sevenp.so.none")
	}
	return m
}

// tierHeat shades the mean score of every tier in every P.
func (c desk) tierHeat(tiers []sevenTier) *view.Chart {
	ch := &view.Chart{ID: "sevenp-tiers", Kind: view.Heat, Title: c.T("sevenp.heat"), Subtitle: c.T("sevenp.heat.sub"), Insight: c.T("sevenp.heat.text"), Format: page.Points(), Better: 1, Categories: c.PartNames()}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("head.customer.tier")}, {Label: c.T("col.customers"), Format: view.Integer()}}}
	for _, name := range append(c.PartNames(), c.T("sevenp.composite")) {
		ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: name, Unit: c.T("sevenp.points"), Format: page.Points(), Total: "⌀"})
	}
	for y, t := range tiers {
		ch.Rows = append(ch.Rows, c.TierLabel(t.name))
		for x, v := range t.scores {
			cell := view.Cell{X: x, Y: y, Value: v, Label: view.Show(c.Lang, v, page.Points())}
			if v.Has() {
				cell.Shade = max(1, min(5, int(math.Ceil(v.Float/20))))
			}
			ch.Cells = append(ch.Cells, cell)
		}
		kind := view.Leaf
		if t.name == "(all)" {
			kind = view.Total
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Kind: kind, Cells: append(append([]view.Value{view.T(c.TierLabel(t.name)), view.I(t.customers)}, t.scores...), t.composite)})
	}
	return ch
}

// tierRadar draws the largest tier over all customers.
func (c desk) tierRadar(tiers []sevenTier) *view.Chart {
	all, first := tiers[len(tiers)-1], tiers[0]
	series := []view.Series{{Name: c.TierLabel(first.name), Role: view.AC, Values: first.scores}}
	if len(tiers) > 1 {
		series = append(series, view.Series{Name: c.TierLabel(all.name), Role: view.PY, Values: all.scores})
	}
	ch := &view.Chart{ID: "sevenp-radar", Kind: view.Radar, Title: c.T("sevenp.radar", "tier", c.TierLabel(first.name)), Subtitle: c.T("sevenp.heat.sub"), Insight: c.T("sevenp.radar.text"),
		Format: page.Points(), Categories: c.PartNames(), Series: series}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("sevenp.p")}}}
	for _, s := range series {
		ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: s.Name, Unit: c.T("sevenp.points"), Format: page.Points()})
	}
	for i, name := range c.PartNames() {
		cells := []view.Value{view.T(name)}
		for _, s := range series {
			cells = append(cells, s.Values[i])
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	return ch
}

func (c desk) readKeyCustomers(ctx context.Context) ([]scoredCustomer, error) {
	var list []scoredCustomer
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_key"), keyCustomers), func(row []any) error {
		s := scoredCustomer{name: c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2])), tier: page.Text(row[3]),
			composite: page.Value(row[11]), percentile: page.Value(row[12]), change: page.Value(row[13]), policy: page.Text(row[14]), key: page.Whole(row[15])}
		for _, v := range row[4:11] {
			s.scores = append(s.scores, page.Value(v))
		}
		list = append(list, s)
		return nil
	})
	return list, err
}

func (c desk) keyTable(keys []scoredCustomer) *view.Table {
	t := &view.Table{ID: "sevenp-key", Title: c.T("sevenp.key.table"), Subtitle: c.T("sevenp.heat.sub"), Empty: c.T("sevenp.key.none"), Footnotes: []string{c.T("sevenp.unknown.score"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.tier")}}}
	for _, name := range c.PartNames() {
		t.Columns = append(t.Columns, view.Column{Label: name, Format: page.Points()})
	}
	t.Columns = append(t.Columns, view.Column{Label: c.T("sevenp.composite"), Format: page.Points()}, view.Column{Label: c.T("sevenp.percentile"), Format: page.Points()},
		view.Column{Label: c.T("sevenp.change"), Format: page.Points().Change(), Better: 1}, view.Column{Label: c.T("sevenp.policy")})
	for _, s := range keys {
		cells := append([]view.Value{view.T(s.name), view.T(c.TierLabel(s.tier))}, s.scores...)
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, s.composite, s.percentile, s.change, view.T(c.T("sevenp.policy."+s.policy)))})
	}
	return t
}

// radars draw the first key customers over the mean of all, each with the facts
// behind its scores.
func (c desk) radars(ctx context.Context, keys []scoredCustomer, all sevenTier) ([]view.Block, error) {
	var blocks []view.Block
	for i, s := range keys[:min(len(keys), drawnCustomers)] {
		ch := &view.Chart{ID: "sevenp-customer-" + strconv.Itoa(i+1), Kind: view.Radar, Title: s.name, Subtitle: c.T("sevenp.heat.sub"), Format: page.Points(), Categories: c.PartNames(),
			Insight: c.T("sevenp.customer.text", "name", s.name, "score", view.Show(c.Lang, s.composite, page.Points()), "percentile", view.Show(c.Lang, s.percentile, page.Points()), "policy", c.T("sevenp.policy."+s.policy)),
			Series:  []view.Series{{Name: s.name, Role: view.AC, Values: s.scores}, {Name: c.T("sevenp.all"), Role: view.PY, Values: all.scores}}}
		ch.Table = view.Table{Title: s.name, Columns: []view.Column{{Label: c.T("sevenp.p")}, {Label: c.T("sevenp.score"), Unit: c.T("sevenp.points"), Format: page.Points()}, {Label: c.T("sevenp.percentile"), Format: page.Points()},
			{Label: c.T("sevenp.change"), Format: page.Points().Change(), Better: 1}, {Label: c.T("sevenp.facts"), Wide: true}}}
		rows := map[string]view.Row{}
		err := engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_part"), s.key), func(row []any) error {
			facts := c.ScoreFact(page.Text(row[5]), page.Value(row[6]))
			if second := c.ScoreFact(page.Text(row[7]), page.Value(row[8])); second != "" {
				facts += c.T("list.semicolon") + second
			}
			rows[page.Text(row[1])] = view.Row{Cells: []view.Value{view.T(c.PartName(page.Text(row[1]))), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), view.T(facts)}}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, part := range page.SevenParts {
			row, ok := rows[part]
			if !ok {
				row = view.Row{Cells: []view.Value{view.T(c.PartName(part)), {}, {}, {}, view.T(c.T("sevenp.notknown"))}}
			}
			ch.Table.Rows = append(ch.Table.Rows, row)
		}
		blocks = append(blocks, view.Block{Width: view.Half, Chart: ch})
	}
	return blocks, nil
}

func (c desk) policyTable(ctx context.Context) (t *view.Table, winBack, losing int64, err error) {
	type line struct {
		cells             []view.Value
		net, contribution view.Value
	}
	var lines []line
	net, contribution, customers := view.I(0), view.I(0), int64(0)
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_policy")), func(row []any) error {
		policy, n := page.Text(row[0]), page.Whole(row[5])
		switch policy {
		case "win_back":
			winBack = n
		case "renegotiate", "cut_cost":
			losing += n
		}
		l := line{[]view.Value{view.T(c.T("sevenp.policy." + policy)), view.I(n), page.Value(row[3]), page.Value(row[4]), view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2])))}, page.Value(row[6]), page.Value(row[7])}
		lines, customers = append(lines, l), customers+n
		net, contribution = view.Sum(net, l.net), view.Sum(contribution, l.contribution)
		return nil
	})
	format, unit := c.TableMoney(net)
	t = &view.Table{ID: "sevenp-policy", Title: c.T("sevenp.policy.table"), Subtitle: c.T("sevenp.policy.sub"), Footnotes: []string{c.T("sevenp.policy.rule")},
		Columns: []view.Column{{Label: c.T("sevenp.policy")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("sevenp.visits"), Format: view.Integer(), Total: "–"},
			{Label: c.T("sevenp.answer"), Format: view.Integer(), Total: "–"}, {Label: c.T("sevenp.net"), Unit: unit, Format: format}, {Label: c.T("sevenp.contribution"), Unit: unit, Format: format}, {Label: c.T("sevenp.means"), Wide: true}}}
	for _, l := range lines {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{l.cells[0], l.cells[1], l.cells[2], l.cells[3], l.net, l.contribution, l.cells[4]}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(customers), {}, {}, net, contribution, {}}})
	return t, winBack, losing, err
}

func (c desk) movedTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "sevenp-moved", Title: c.T("sevenp.moved.table"), Subtitle: c.T("sevenp.heat.sub"), Empty: c.T("sevenp.moved.none"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.customer.tier")}, {Label: c.T("sevenp.before"), Format: page.Points()},
			{Label: c.T("sevenp.now"), Format: page.Points()}, {Label: c.T("sevenp.change"), Format: page.Points().Change(), Visual: view.Variance, Better: 1}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_moved"), movedCustomers), func(row []any) error {
		if before, ok := row[4].(time.Time); ok && t.Shown == "" {
			t.Shown = c.T("sevenp.moved.since", "date", view.LongDate(c.Lang, before), "n", strconv.Itoa(movedCustomers))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), view.T(c.TierLabel(page.Text(row[3]))),
			page.Value(row[5]), page.Value(row[6]), page.Value(row[7])}})
		return nil
	})
	return t, err
}

// weightPart is how the composite is made, or why that is not said.
func (c desk) weightPart(ctx context.Context) (view.Block, error) {
	if c.Lacks("card.parameter") {
		return c.WholeOnly(c.T("sevenp.weights")), nil
	}
	t, err := c.weightTable(ctx)
	return view.Block{Table: t}, err
}

func (c desk) weightTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "sevenp-weights", Title: c.T("sevenp.weights"), Footnotes: []string{c.T("sevenp.weights.foot")},
		Columns: []view.Column{{Label: c.T("sevenp.p")}, {Label: c.T("sevenp.weight"), Unit: "%", Format: view.Integer()}, {Label: c.T("sevenp.knownof"), Format: view.Integer()}, {Label: c.T("col.definition"), Wide: true}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("sevenp_known")), func(row []any) error {
		part := page.Text(row[1])
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.PartName(part)), page.Value(row[3]), page.Value(row[2]), view.T(c.T("sevenp.how." + part))}})
		return nil
	})
	return t, err
}

package value

import (
	"context"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// flow are the customers who went from one tier to another.
type flow struct {
	from, to     string
	fromNo, toNo int64
	customers    int64
	before, now  view.Value
	move         string
}

func (c desk) readFlows(ctx context.Context) ([]flow, error) {
	var list []flow
	err := engine.Rows(ctx, c.DB, engine.SQL(c.part("profile_matrix", "score.tier_migration")), func(row []any) error {
		list = append(list, flow{from: page.Text(row[0]), fromNo: page.Whole(row[1]), to: page.Text(row[2]), toNo: page.Whole(row[3]), customers: page.Whole(row[4]),
			before: page.Value(row[5]), now: page.Value(row[6]), move: page.Text(row[7])})
		return nil
	})
	return list, err
}

// moveNames are the moves in the order of the page.
var moveNames = []string{"up", "stayed", "down", "left", "new", "returned"}

// movement is what one kind of move adds up to.
type movement struct {
	customers   int64
	before, now view.Value
}

func movements(flows []flow) map[string]movement {
	sums := map[string]movement{}
	for _, f := range flows {
		m := sums[f.move]
		sums[f.move] = movement{m.customers + f.customers, view.Sum(page.Zero(m.before), page.Zero(f.before)), view.Sum(page.Zero(m.now), page.Zero(f.now))}
	}
	return sums
}

func (c desk) profileConsequence(flows []flow) string {
	if len(flows) == 0 {
		return c.T("profile.moves.none")
	}
	sums := movements(flows)
	return c.T("profile.moves.text", "up", page.Count(c.Lang, sums["up"].customers), "down", page.Count(c.Lang, sums["down"].customers),
		"left", page.Count(c.Lang, sums["left"].customers), "amount", c.Amount(page.Zero(sums["left"].before)), "came", page.Count(c.Lang, sums["new"].customers+sums["returned"].customers))
}

func (c desk) moveSection(ctx context.Context, flows []flow) (view.Section, error) {
	s := view.Section{ID: "moves", Title: c.T("profile.moves"), Lead: c.T("profile.moves.lead")}
	down, err := c.tierMovers(ctx, -1)
	if err != nil {
		return s, err
	}
	up, err := c.tierMovers(ctx, 1)
	if err != nil {
		return s, err
	}
	s.Blocks = []view.Block{{Width: view.Half, Table: c.moveTable(flows)}}
	if len(flows) > 0 {
		s.Blocks = append(s.Blocks, view.Block{Width: view.Half, Chart: c.matrixChart(flows)})
	}
	s.Blocks = append(s.Blocks, view.Block{Table: down}, view.Block{Table: up})
	return s, nil
}

func (c desk) tierName(tier string) string { return c.T("profile.tier." + tier) }

func (c desk) moveTable(flows []flow) *view.Table {
	sums := movements(flows)
	var all movement
	for _, name := range moveNames {
		m := sums[name]
		all = movement{all.customers + m.customers, view.Sum(page.Zero(all.before), page.Zero(m.before)), view.Sum(page.Zero(all.now), page.Zero(m.now))}
	}
	format, unit := c.TableMoney(page.Zero(all.before), page.Zero(all.now))
	t := &view.Table{ID: "move-table", Title: c.T("profile.moves.table"), Subtitle: c.T("profile.moves.sub"), Empty: c.T("profile.moves.none"), Footnotes: []string{c.T("profile.moves.foot")},
		Columns: []view.Column{{Label: c.T("profile.move")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("profile.before"), Unit: unit, Format: format},
			{Label: c.T("profile.now"), Unit: unit, Format: format}, {Label: c.T("profile.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}}}
	if len(flows) == 0 {
		return t
	}
	row := func(kind view.RowKind, label string, m movement) {
		before, now := page.Zero(m.before), page.Zero(m.now)
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{view.T(label), view.I(m.customers), before, now, view.Sub(now, before)}})
	}
	for _, name := range moveNames {
		row(view.Leaf, c.T("profile.move."+name), sums[name])
	}
	row(view.Total, c.T("row.total"), all)
	return t
}

// matrixChart is the matrix of moves: tiers before by tiers now.
func (c desk) matrixChart(flows []flow) *view.Chart {
	tiers := []string{"top", "major", "ordinary", "small", "inactive"}
	from := append(append([]string(nil), tiers...), "never")
	ch := &view.Chart{ID: "migration", Kind: view.Heat, Title: c.T("profile.matrix"), Subtitle: c.T("profile.matrix.sub"), XName: c.T("profile.matrix.x"), YName: c.T("profile.matrix.y"), Format: view.Integer(), Insight: c.T("profile.matrix.text")}
	ch.Table = view.Table{Title: c.T("profile.matrix"), Columns: []view.Column{{Label: c.T("profile.matrix.y")}, {Label: c.T("profile.matrix.x")}, {Label: c.T("col.customers"), Format: view.Integer()}}}
	for _, t := range tiers {
		ch.Categories = append(ch.Categories, c.tierName(t))
	}
	rows := map[string]int{}
	for y, t := range from {
		rows[t] = y
		ch.Rows = append(ch.Rows, c.tierName(t))
	}
	most := int64(1)
	for _, f := range flows {
		most = max(most, f.customers)
	}
	for _, f := range flows {
		n := view.I(f.customers)
		ch.Cells = append(ch.Cells, view.Cell{X: rows[f.to], Y: rows[f.from], Value: n, Label: page.Count(c.Lang, f.customers), Shade: page.Shade(float64(f.customers), float64(most))})
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(c.tierName(f.from)), view.T(c.tierName(f.to)), n}})
	}
	return ch
}

// tierMovers lists who went down or out (-1), or up or in (1).
func (c desk) tierMovers(ctx context.Context, side int) (*view.Table, error) {
	const most = 10
	key := "profile.downs"
	if side > 0 {
		key = "profile.ups"
	}
	var rows [][]any
	largest := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profile_movers"), side, most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		for _, v := range []view.Value{page.Zero(page.Value(row[7])), page.Zero(page.Value(row[8]))} {
			if v.Float > largest.Float {
				largest = v
			}
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	t := &view.Table{ID: "movers-" + map[bool]string{true: "up", false: "down"}[side > 0], Title: c.T(key), Subtitle: c.T("profile.movers.sub"), Empty: c.T("profile.movers.none"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("profile.from")}, {Label: c.T("profile.to")},
			{Label: c.T("profile.before"), Unit: unit, Format: format}, {Label: c.T("profile.now"), Unit: unit, Format: format}, {Label: c.T("profile.change"), Unit: unit, Format: format.Change(), Visual: view.Variance, Better: 1}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]),
			view.T(c.tierName(page.Text(row[5]))), view.T(c.tierName(page.Text(row[6]))), page.Value(row[7]), page.Value(row[8]), page.Value(row[9])}})
	}
	if len(rows) > 0 {
		t.Footnotes = []string{c.T("foot.privacy")}
	}
	return t, err
}

// knownSection is what is known of customers, and of whom nothing was heard.
func (c desk) knownSection(ctx context.Context) (view.Section, error) {
	s := view.Section{ID: "known", Title: c.T("profile.known"), Lead: c.T("profile.known.lead")}
	n, pct := view.Integer(), view.Pct().Bare()
	t := &view.Table{ID: "completeness", Title: c.T("profile.known.table"), Empty: c.T("table.empty"), Footnotes: []string{c.T("profile.known.foot")},
		Columns: []view.Column{{Label: c.T("head.customer.type")}, {Label: c.T("col.customers"), Format: n}, {Label: c.T("profile.known.share"), Unit: "%", Format: pct, Visual: view.Share},
			{Label: c.T("profile.stale"), Format: n}, {Label: c.T("profile.stale.share"), Unit: "%", Format: pct}}}
	var all [4]int64
	row := func(kind view.RowKind, label view.Value, v [4]int64) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{label, view.I(v[0]), view.Ratio(view.I(v[1]), view.I(v[2])), view.I(v[3]), view.Ratio(view.I(v[3]), view.I(v[0]))}})
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profile_stale")), func(r []any) error {
		v := [4]int64{page.Whole(r[1]), page.Whole(r[2]), page.Whole(r[3]), page.Whole(r[4])}
		for i := range all {
			all[i] += v[i]
		}
		label := c.KindOf(r[0])
		if page.Text(r[0]) == "" {
			label = view.T(c.T("member.none"))
		}
		row(view.Leaf, label, v)
		return nil
	})
	if err != nil {
		return s, err
	}
	if len(t.Rows) > 0 {
		row(view.Total, view.T(c.T("row.total")), all)
	}
	if c.Lacks("score.completeness") {
		s.Blocks = []view.Block{{Table: t}, c.WholeOnly(c.T("profile.fields"))}
		return s, nil
	}
	gaps, err := c.gapChart(ctx)
	s.Blocks = append([]view.Block{{Table: t}}, gaps...)
	return s, err
}

// gapChart is the share of each key field that is known, by customer type.
func (c desk) gapChart(ctx context.Context) ([]view.Block, error) {
	ch := &view.Chart{ID: "fields", Kind: view.Heat, Title: c.T("profile.fields"), Subtitle: c.T("profile.fields.sub"), Format: view.Pct(), Insight: c.T("profile.fields.text")}
	ch.Table = view.Table{Title: c.T("profile.fields"), Columns: []view.Column{{Label: c.T("profile.field")}, {Label: c.T("head.customer.type")}, {Label: c.T("col.customers"), Format: view.Integer()},
		{Label: c.T("profile.known.count"), Format: view.Integer()}, {Label: c.T("profile.known.share"), Unit: "%", Format: view.Pct().Bare()}}}
	x, y := map[string]int{}, map[string]int{}
	place := func(index map[string]int, names *[]string, name string) int {
		if _, known := index[name]; !known {
			index[name] = len(*names)
			*names = append(*names, name)
		}
		return index[name]
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profile_completeness")), func(r []any) error {
		kind := c.T("member.none")
		if page.Text(r[0]) != "" {
			kind = c.MemberLabel("customer.type", r[0])
		}
		field := c.InLanguage(page.Text(r[2]), page.Text(r[3]))
		v := page.Value(r[6])
		ch.Cells = append(ch.Cells, view.Cell{X: place(x, &ch.Categories, kind), Y: place(y, &ch.Rows, field), Value: v, Label: c.RoundShare(v.Float), Shade: page.Shade(v.Float, 1)})
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(field), view.T(kind), page.Value(r[4]), page.Value(r[5]), v}})
		return nil
	})
	if err != nil || len(ch.Cells) == 0 {
		return nil, err
	}
	return []view.Block{{Chart: ch}}, nil
}

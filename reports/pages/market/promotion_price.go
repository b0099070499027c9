package market

import (
	"context"
	"fmt"
	"slices"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// fatigueBlocks are the curve of answers by e-mail of the month, and whether
// orders were only moved forward.
func (c desk) fatigueBlocks(ctx context.Context) ([]view.Block, error) {
	pct := view.Pct().Bare()
	ch := &view.Chart{ID: "fatigue", Kind: view.Lines, Title: c.T("fatigue.title"), Subtitle: c.T("fatigue.sub"), Format: view.Pct(), Better: 1, XName: c.T("fatigue.x")}
	ch.Table = view.Table{Title: c.T("fatigue.title"), Columns: []view.Column{{Label: c.T("fatigue.x")}, {Label: c.T("fatigue.messages"), Format: view.Integer()}, {Label: c.T("fatigue.rate"), Unit: "%", Format: pct},
		{Label: c.T("promotion.from"), Unit: "%", Format: pct}, {Label: c.T("promotion.to"), Unit: "%", Format: pct}, {Label: c.T("fatigue.ratio"), Unit: "%", Format: pct}, {Label: c.T("promotion.from"), Unit: "%", Format: pct},
		{Label: c.T("promotion.to"), Unit: "%", Format: pct}}}
	line := view.Series{Role: view.AC}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_fatigue")), func(row []any) error {
		name := page.Text(row[0])
		if page.Whole(row[0]) == 4 {
			name = c.T("fatigue.more")
		}
		ch.Categories, line.Values = append(ch.Categories, name), append(line.Values, page.Value(row[2]))
		cells := []view.Value{view.T(name)}
		for _, v := range row[1:] {
			cells = append(cells, page.Value(v))
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
		return nil
	})
	if err != nil {
		return nil, err
	}
	ch.Series = []view.Series{line}
	note, err := c.reading(ctx, "response_fatigue")
	if err != nil {
		return nil, err
	}
	ch.Insight = note.Note.Text
	blocks := []view.Block{note}
	if len(ch.Categories) > 1 {
		behind := ch.Table
		behind.ID, behind.Subtitle = "fatigue-steps", c.T("fatigue.sub")
		blocks = []view.Block{{Width: view.Half, Chart: ch}, {Width: view.Half, Table: &behind}}
	}
	t := &view.Table{ID: "pull-forward", Title: c.T("pull.title"), Subtitle: c.T("pull.sub"), Empty: c.T("pull.none"),
		Columns: []view.Column{{Label: c.T("promotion.campaign"), Wide: true}, {Label: c.T("pull.during"), Format: three()}, {Label: c.T("pull.after"), Format: three(), Visual: view.Interval, Better: 1},
			{Label: c.T("promotion.from"), Format: three()}, {Label: c.T("promotion.to"), Format: three()}, {Label: c.T("pull.reading"), Wide: true}}}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_pull")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), view.T(c.InLanguage(page.Text(row[5]), page.Text(row[6])))}})
		return nil
	})
	return append(blocks, view.Block{Table: t}), err
}

func three() view.Format { return view.Format{Style: view.Decimal, Decimals: 3, Signed: true} }

func two() view.Format { return view.Format{Style: view.Decimal, Decimals: 2} }

// priceBlocks are the elasticities by group, whom to discount and whom to serve.
func (c desk) priceBlocks(ctx context.Context, s promotions) ([]view.Block, error) {
	t := &view.Table{ID: "price-groups", Title: c.T("price.groups"), Subtitle: c.T("price.groups.sub"), Empty: c.T("price.none"), Footnotes: []string{c.T(s.priceWord("price.groups.foot"))},
		Columns: []view.Column{{Label: c.T("price.group")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("price.share"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.T("price.elasticity"), Format: two(), Visual: view.Interval}, {Label: c.T("promotion.from"), Format: two()}, {Label: c.T("promotion.to"), Format: two()}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_elasticity")), func(row []any) error {
		var label view.Value
		switch page.Text(row[0]) {
		case "all":
			label = view.T(c.T("row.all"))
		case "class":
			label = view.T(c.T("price.class." + page.Text(row[1])))
		default:
			label = c.KindOf(row[1])
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{label, page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	note, err := c.reading(ctx, "price")
	if err != nil {
		return nil, err
	}
	discount, err := c.priceTable(ctx, "discount", s.discount, s)
	if err != nil {
		return nil, err
	}
	serve, err := c.priceTable(ctx, "serve", s.serve, s)
	return []view.Block{note, {Table: t}, {Table: discount}, {Table: serve}}, err
}

// priceTable lists customers with one advice.
func (c desk) priceTable(ctx context.Context, advice string, n int64, s promotions) (*view.Table, error) {
	const most = 10
	pct := view.Pct().Bare()
	t := &view.Table{ID: "price-" + advice, Title: c.T("price." + advice), Subtitle: c.T(s.priceWord("price." + advice + ".sub")), Empty: c.T(s.priceWord("price." + advice + ".none")),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T(s.priceWord("price.quotes")), Format: view.Integer()},
			{Label: c.T("price.accepted"), Unit: "%", Format: pct}, {Label: c.T(s.priceWord("price.paid")), Unit: "%", Format: pct}, {Label: c.T("price.elasticity"), Format: two()},
			{Label: c.T("price.transaction"), Unit: "%", Format: pct, Visual: view.Share}, {Label: c.T("price.best"), Unit: "%", Format: pct}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_price"), advice, most), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]),
			view.Ratio(page.Value(row[6]), page.Value(row[5])), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10])}})
		return nil
	})
	if s.quoted == 0 { // of purchases nothing was declined
		const accepted = 4
		t.Columns = slices.Delete(t.Columns, accepted, accepted+1)
		for i := range t.Rows {
			t.Rows[i].Cells = slices.Delete(t.Rows[i].Cells, accepted, accepted+1)
		}
	}
	if len(t.Rows) > 0 {
		t.Footnotes = []string{c.T("price.list.foot"), c.T("foot.privacy")}
	}
	if rest := n - int64(len(t.Rows)); rest > 0 {
		t.Shown = c.T("price.shown", "n", fmt.Sprint(len(t.Rows)), "of", page.Count(c.Lang, n))
	}
	return t, err
}

// nextBlocks say whom to contact and what the next test needs.
func (c desk) nextBlocks(ctx context.Context) ([]view.Block, error) {
	pct := view.Pct().Bare()
	size := &view.Table{ID: "test-size", Title: c.T("test.title"), Subtitle: c.T("test.sub"), Empty: c.T("test.none"), Footnotes: []string{c.T("test.foot")},
		Columns: []view.Column{{Label: c.T("promotion.type")}, {Label: c.T("promotion.baseline"), Unit: "%", Format: pct}, {Label: c.T("test.lift"), Unit: c.T("promotion.points"), Format: liftPoints()},
			{Label: c.T("test.needed"), Format: view.Integer()}, {Label: c.T("test.pays"), Unit: c.T("promotion.points"), Format: liftPoints()}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_test")), func(row []any) error {
		size.Rows = append(size.Rows, view.Row{Cells: []view.Value{view.T(c.MemberLabel("campaign.type", row[0])), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4])}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	whom := &view.Table{ID: "uplift", Title: c.T("uplift.title"), Subtitle: c.T("uplift.sub"), Empty: c.T("uplift.none"), Footnotes: []string{c.T("uplift.foot")},
		Columns: []view.Column{{Label: c.T("uplift.decile")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("uplift.contact"), Format: view.Integer()}, {Label: c.T("uplift.lift"), Unit: c.T("promotion.points"), Format: liftPoints()}}}
	var customers, contact, kinds int64
	first := view.Value{}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("promotion_uplift")), func(row []any) error {
		if len(whom.Rows) == 0 {
			first = page.Value(row[3])
		}
		customers, contact, kinds = customers+page.Whole(row[1]), contact+page.Whole(row[2]), max(kinds, page.Whole(row[5]))
		if page.Value(row[3]).Float != first.Float {
			kinds = 2
		}
		whom.Rows = append(whom.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), page.Value(row[1]), page.Value(row[2]), page.Value(row[3])}})
		return nil
	})
	if kinds == 1 { // one and the same lift for everyone: tenths would say nothing
		whom.Rows = []view.Row{{Cells: []view.Value{view.T(c.T("row.all")), view.I(customers), view.I(contact), first}}}
	}
	note, noteErr := c.reading(ctx, "campaigns")
	if err == nil {
		err = noteErr
	}
	return []view.Block{note, {Table: whom}, {Table: size}}, err
}

package market

import (
	"context"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// togetherBlocks are the rules by level, and the first of them in words.
func (c desk) togetherBlocks(ctx context.Context) (blocks []view.Block, first string, err error) {
	for _, l := range []struct {
		level string
		most  int
	}{{"order_subject", 12}, {"order_title", 10}, {"customer_series", 8}} {
		t := &view.Table{ID: "together-" + l.level, Title: c.T("together." + l.level), Subtitle: c.T("together.sub"), Empty: c.T("together.none"),
			Columns: []view.Column{{Label: c.T("together.have"), Wide: true}, {Label: c.T("together.too"), Wide: true}, {Label: c.T("col.customers"), Format: view.Integer()},
				{Label: c.T("together.confidence"), Unit: "%", Format: view.Pct().Bare(), Visual: view.Share}, {Label: c.T("together.lift"), Format: view.Format{Style: view.Decimal, Decimals: 1}}, {Label: c.T("products.col.why"), Wide: true}}}
		err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_rules"), l.level, l.most), func(row []any) error {
			a, b := c.InLanguage(page.Text(row[0]), page.Text(row[1])), c.InLanguage(page.Text(row[2]), page.Text(row[3]))
			both, have, others, all := page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7])
			why := c.T("together.why."+map[bool]string{true: "customer", false: "order"}[l.level == "customer_series"], "have", view.Show(c.Lang, have, view.Integer()), "both", view.Show(c.Lang, both, view.Integer()),
				"share", c.Share(view.Ratio(both, have)), "other", c.Share(view.Ratio(others, all)))
			t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(a), view.T(b), page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), view.T(why)}})
			if first == "" && l.level == "order_subject" {
				first = c.T("together.first", "a", a, "b", b)
			}
			return nil
		})
		if err != nil {
			return nil, "", err
		}
		blocks = append(blocks, view.Block{Table: t})
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("products_continuation")), func(row []any) error {
		blocks = append(blocks, view.Block{Note: &view.Note{Text: c.T("together.next", "share", c.Share(page.Value(row[0])))}})
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	levels, err := c.levelTable(ctx)
	return append(blocks, view.Block{Table: levels}), first, err
}

// levelTable says how the rules were found and how they were tested.
func (c desk) levelTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "together-levels", Title: c.T("together.levels"), Subtitle: c.T("together.levels.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("together.levels.foot")},
		Columns: []view.Column{{Label: c.T("together.level"), Wide: true}, {Label: c.T("together.baskets"), Format: n}, {Label: c.T("together.least"), Format: n}, {Label: c.T("together.tests"), Format: n},
			{Label: c.T("together.rules"), Format: n}, {Label: c.T("together.control"), Format: n}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_levels")), func(row []any) error {
		control := page.Value(row[5])
		if !control.Has() {
			control = view.NA()
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("together." + page.Text(row[0]))), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), control}})
		return nil
	})
	return t, err
}

// catalogueBlocks are the hit rates by catalogue, third of the pages and type of
// customer.
func (c desk) catalogueBlocks(ctx context.Context) ([]view.Block, error) {
	tables := map[string]*view.Table{}
	var whole []view.Value
	n, pct := view.Integer(), view.Pct().Bare()
	for _, by := range []string{"code", "third", "type"} {
		tables[by] = &view.Table{ID: "catalogues-" + by, Title: c.T("catalogues." + by), Subtitle: c.T("catalogues.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("catalogues.foot")},
			Columns: []view.Column{{Label: c.T("catalogues.col." + by)}, {Label: c.T("catalogues.listings"), Format: n, Total: map[string]string{"type": "≠"}[by]}, {Label: c.T("catalogues.rate"), Unit: "%", Format: pct, Visual: view.Share},
				{Label: c.T("products.col.from"), Unit: "%", Format: pct}, {Label: c.T("products.col.to"), Unit: "%", Format: pct},
				{Label: c.T("catalogues.copies"), Format: view.Format{Style: view.Decimal, Decimals: 2}, Total: "⌀"}, {Label: c.T("catalogues.days"), Format: n, Total: "⌀"}}}
	}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_catalogue")), func(row []any) error {
		code, third, kind := page.Text(row[0]), page.Text(row[1]), page.Text(row[2])
		cells := []view.Value{{}, page.Value(row[3]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[10])}
		add := func(by string, label view.Value) {
			tables[by].Rows = append(tables[by].Rows, view.Row{Cells: append([]view.Value{label}, cells[1:]...)})
		}
		switch {
		case code != "(all)":
			add("code", view.T(code))
		case third != "(all)":
			add("third", view.T(c.T("catalogues.third."+strings.Trim(third, "()"))))
		case kind != "(all)":
			add("type", c.KindOf(kind))
		default:
			whole = cells
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if whole == nil {
		return []view.Block{{Absent: &view.Absent{Title: c.T("products.catalogues"), Text: c.T("catalogues.absent"), Tables: []string{"catalogue", "catalogue_item"}}}}, nil
	}
	whole[0] = view.T(c.T("row.all"))
	for _, by := range []string{"code", "third", "type"} {
		tables[by].Rows = append(tables[by].Rows, view.Row{Kind: view.Total, Cells: whole})
	}
	return []view.Block{{Table: tables["code"]}, {Width: view.Half, Table: tables["third"]}, {Width: view.Half, Table: tables["type"]}}, nil
}

// insteadBlocks list what stands in for what.
func (c desk) insteadBlocks(ctx context.Context) ([]view.Block, error) {
	const most = 10
	pairs := map[string][2]int64{}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_substitution_count")), func(row []any) error {
		pairs[page.Text(row[0])] = [2]int64{page.Whole(row[1]), page.Whole(row[2])}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out, edition := pairs["stock_out"], pairs["edition"]
	note := c.T("instead.text", "pairs", page.Count(c.Lang, out[0]), "passed", page.Count(c.Lang, out[1]), "editions", page.Count(c.Lang, edition[0]), "fell", page.Count(c.Lang, edition[1]))
	if out[0]+edition[0] == 0 {
		note = c.T("instead.nothing")
	}
	one := view.Format{Style: view.Decimal, Decimals: 1}
	t := &view.Table{ID: "substitutes", Title: c.T("instead.title"), Subtitle: c.T("instead.sub"), Empty: c.T("instead.none"),
		Columns: []view.Column{{Label: c.T("instead.kind")}, {Label: c.T("head.title.title"), Wide: true}, {Label: c.T("instead.other"), Wide: true}, {Label: c.T("instead.before"), Format: view.Integer()},
			{Label: c.T("instead.after"), Format: view.Integer()}, {Label: c.T("instead.ratio"), Format: one}, {Label: c.T("products.col.from"), Format: one}, {Label: c.T("products.col.to"), Format: one}}}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("products_substitution"), most), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("instead.kind." + page.Text(row[0]))), view.T(page.Text(row[1])), view.T(page.Text(row[2])),
			page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7])}})
		return nil
	})
	return []view.Block{{Note: &view.Note{Text: note}}, {Table: t}}, err
}

package market

import (
	"context"
	"fmt"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

var titleMeasures = []string{"titles", "titles_sold", "title_net_after_returns", "title_margin_pct", "title_return_rate", "title_stock_value", "gmroi", "excess_stock", "title_dead_value"}

// titleWhole are the measures of all titles.
func (c desk) titleWhole(ctx context.Context) (page.Figures, error) {
	whole := page.Figures{}
	all, err := c.Asker.Ask(ctx, cube.Query{Cube: "title_value", Measures: titleMeasures})
	if err != nil {
		return nil, err
	}
	for _, row := range all.Rows {
		page.ReadMeasures(all, row, whole)
	}
	return whole, nil
}

// lifeBlocks are the phases of life and how demand fades.
func (c desk) lifeBlocks(ctx context.Context, a assortmentOf) ([]view.Block, error) {
	list, err := c.Members(ctx, "title.phase", cube.Query{Cube: "title_value", Rows: []string{"title.phase"}, Measures: titleMeasures})
	if err != nil {
		return nil, err
	}
	whole, err := c.titleWhole(ctx)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(a.net)
	t := &view.Table{ID: "products-phases", Title: c.T("products.phases"), Subtitle: c.T("products.sub", "unit", unit), Empty: c.T("table.empty"), Footnotes: []string{c.T("products.phases.foot")},
		Columns: []view.Column{{Label: c.T("products.col.phase")}, {Label: c.T("products.col.titles"), Format: view.Integer()}, {Label: c.T("products.col.net"), Unit: unit, Format: format, Visual: view.Share},
			{Label: c.T("products.col.margin"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("products.col.stock"), Unit: unit, Format: format}}}
	add := func(kind view.RowKind, label string, m page.Figures) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{view.T(label), m["titles"], page.Zero(m["title_net_after_returns"]), m["title_margin_pct"], a.stockOf(m["title_stock_value"])}})
	}
	for _, m := range list {
		add(view.Leaf, m.Label, m.Values)
	}
	add(view.Total, c.T("row.total"), whole)
	n, pct := view.Integer(), view.Pct().Bare()
	f := &view.Table{ID: "products-fading", Title: c.T("products.fading"), Subtitle: c.T("products.fading.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("products.fading.foot")},
		Columns: []view.Column{{Label: c.T("products.col.level")}, {Label: c.T("products.col.lines"), Format: n}, {Label: c.T("products.col.half"), Format: n}, {Label: c.T("products.col.from"), Format: n},
			{Label: c.T("products.col.to"), Format: n}, {Label: c.T("products.col.quarter"), Unit: "%", Format: pct}, {Label: c.T("products.col.year"), Unit: "%", Format: pct}}}
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("products_life")), func(row []any) error {
		label := view.T(c.MemberLabel("title.level", row[1]))
		if page.Text(row[0]) == "all" {
			label = view.T(c.T("row.all"))
		}
		f.Rows = append(f.Rows, view.Row{Cells: []view.Value{label, page.Value(row[3]), c.fading(row[4]), c.fading(row[5]), c.fading(row[6]), page.Value(row[7]), page.Value(row[8])}})
		return nil
	})
	return []view.Block{{Width: view.Half, Table: t}, {Width: view.Half, Table: f}}, err
}

// stockOf is a stock value: none where others are counted, unknown where nothing is.
func (a assortmentOf) stockOf(v view.Value) view.Value {
	if a.counted == 0 {
		return view.Value{}
	}
	return page.Zero(v)
}

// longestFading is the half-life in days up to which one is told: ten years, five
// times as long as titles are watched.
const longestFading = 3650

// fading is a half-life in days; beyond longestFading only that it is longer.
func (c desk) fading(v any) view.Value {
	days := page.Value(v)
	if days.Has() && days.Float > longestFading {
		return view.T(c.T("products.fading.over", "n", page.Count(c.Lang, longestFading)))
	}
	return days
}

// stockBlocks say which titles to stock and which not to buy again; keep is how
// many of the former there are.
func (c desk) stockBlocks(ctx context.Context, a assortmentOf) (blocks []view.Block, keep int64, err error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("products_keep_count")))
	if err != nil {
		return nil, 0, err
	}
	keep = page.Whole(row[0])
	if a.counted == 0 {
		return []view.Block{{Absent: &view.Absent{Title: c.T("products.stock"), Text: c.T("products.nostock"), Tables: []string{"inventory_snapshot", "inventory_move"}}}}, keep, nil
	}
	list, err := c.keepTable(ctx, keep)
	if err != nil {
		return nil, 0, err
	}
	blocks = []view.Block{{Table: list}}
	excess, err := c.excessTable(ctx)
	if err != nil {
		return nil, 0, err
	}
	classes, err := c.stockByClass(ctx, a)
	return append(blocks, view.Block{Table: excess}, view.Block{Table: classes}), keep, err
}

func (c desk) keepTable(ctx context.Context, keep int64) (*view.Table, error) {
	const most = 15
	t := &view.Table{ID: "products-keep", Title: c.T("products.keep"), Subtitle: c.T("products.keep.sub"), Empty: c.T("products.keep.none")}
	largest := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_keep"), most), func(row []any) error {
		net := page.Value(row[6])
		if net.Float > largest.Float {
			largest = net
		}
		why := c.T("products.keep.why", "monthly", view.Show(c.Lang, page.Value(row[5]), view.Format{Style: view.Decimal, Decimals: 1}), "steady", c.T("matrix.xyz."+page.Text(row[3])))
		switch stock := page.Value(row[7]); {
		case !stock.Has() || stock.Float <= 0:
			why += c.T("products.keep.out")
		default:
			why += c.T("products.keep.days", "n", view.Show(c.Lang, page.Value(row[8]), view.Integer()))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2]))), net, page.Zero(page.Value(row[7])), view.T(why)}})
		return nil
	})
	format, unit := c.TableMoney(largest)
	t.Columns = []view.Column{{Label: c.T("head.title.title"), Wide: true}, {Label: c.T("head.class.bucket")}, {Label: c.T("products.col.net"), Unit: unit, Format: format, Visual: view.Share},
		{Label: c.T("products.col.hand"), Format: view.Integer()}, {Label: c.T("products.col.why"), Wide: true}}
	if rest := keep - int64(len(t.Rows)); rest > 0 {
		t.Shown = c.T("products.shown", "n", fmt.Sprint(len(t.Rows)), "of", page.Count(c.Lang, keep))
	}
	return t, err
}

func (c desk) excessTable(ctx context.Context) (*view.Table, error) {
	const most = 10
	t := &view.Table{ID: "products-excess", Title: c.T("products.excess"), Subtitle: c.T("products.excess.sub"), Empty: c.T("products.excess.none")}
	largest := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_excess"), most), func(row []any) error {
		value := page.Value(row[5])
		if value.Float > largest.Float {
			largest = value
		}
		key := "products.excess.why"
		if dead, _ := row[9].(bool); dead {
			key = "products.excess.dead"
		}
		why := c.T(key, "asked", page.Count(c.Lang, page.Whole(row[7])), "days", page.Count(c.Lang, page.Whole(row[8])))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.InLanguage(page.Text(row[1]), page.Text(row[2]))), page.Value(row[4]), value, page.Value(row[6]), view.T(why)}})
		return nil
	})
	format, unit := c.TableMoney(largest)
	t.Columns = []view.Column{{Label: c.T("head.title.title"), Wide: true}, {Label: c.T("head.class.bucket")}, {Label: c.T("products.col.hand"), Format: view.Integer()},
		{Label: c.T("products.col.stock"), Unit: unit, Format: format}, {Label: c.T("products.col.excess"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("products.col.why"), Wide: true}}
	return t, err
}

// stockByClass is what stock earns and ties up, by class.
func (c desk) stockByClass(ctx context.Context, a assortmentOf) (*view.Table, error) {
	list, err := c.Members(ctx, "class.bucket", cube.Query{Cube: "title_value", Rows: []string{"class.bucket"}, Measures: titleMeasures, Sort: []cube.Sort{{By: "title_net_after_returns", Desc: true}}})
	if err != nil {
		return nil, err
	}
	whole, err := c.titleWhole(ctx)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(a.net)
	t := &view.Table{ID: "products-classes", Title: c.T("products.byclass"), Subtitle: c.T("products.sub", "unit", unit), Empty: c.T("table.empty"), Footnotes: []string{c.T("products.byclass.foot")},
		Columns: []view.Column{{Label: c.T("head.class.bucket")}, {Label: c.T("products.col.titles"), Format: view.Integer()}, {Label: c.T("products.col.sold"), Format: view.Integer()},
			{Label: c.T("products.col.net"), Unit: unit, Format: format}, {Label: c.T("products.col.margin"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("products.col.returns"), Unit: "%", Format: view.Pct().Bare()},
			{Label: c.T("products.col.stock"), Unit: unit, Format: format}, {Label: c.T("products.col.gmroi"), Format: view.Format{Style: view.Decimal, Decimals: 2}, Total: "⌀"},
			{Label: c.T("products.col.excess"), Unit: unit, Format: format}, {Label: c.T("products.col.dead"), Unit: unit, Format: format}}}
	add := func(kind view.RowKind, label string, m page.Figures) {
		gmroi := m["gmroi"]
		if !gmroi.Has() {
			gmroi = view.NA()
		}
		t.Rows = append(t.Rows, view.Row{Kind: kind, Cells: []view.Value{view.T(label), m["titles"], m["titles_sold"], page.Zero(m["title_net_after_returns"]), m["title_margin_pct"], m["title_return_rate"],
			page.Zero(m["title_stock_value"]), gmroi, page.Zero(m["excess_stock"]), page.Zero(m["title_dead_value"])}})
	}
	for _, m := range list {
		add(view.Leaf, m.Label, m.Values)
	}
	add(view.Total, c.T("row.total"), whole)
	return t, nil
}

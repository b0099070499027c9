package market

import (
	"context"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// assortmentOf is what all titles come to.
type assortmentOf struct {
	titles, sold, aTitles, dead int64
	counted, inStock            int64
	aNet, net, stock, deadValue view.Value
	excess, margin, mean        view.Value
	copiesReturned, copies      view.Value
}

// products answers: what is bought together; which titles to stock?
func products(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("products")
	known, err := c.Known(ctx, "score", "title_matrix")
	if err != nil {
		return p, err
	}
	var a assortmentOf
	if known {
		if a, err = c.readAssortment(ctx); err != nil {
			return p, err
		}
	}
	if a.titles == 0 {
		p.Message = view.Message{Finding: c.T("products.unknown"), Consequence: c.T("products.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.products"), Text: c.T("products.absent"), Tables: []string{"title", "order_line", "inventory_snapshot", "catalogue_item"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Unit: c.Lang.Currency(c.Currency), Measure: c.T("products.meta"), Period: c.T("products.period", "date", view.LongDate(c.Lang, c.AsOf))}
	matrix, err := c.titleMatrix(ctx, a)
	if err != nil {
		return p, err
	}
	life, err := c.lifeBlocks(ctx, a)
	if err != nil {
		return p, err
	}
	stock, keep, err := c.stockBlocks(ctx, a)
	if err != nil {
		return p, err
	}
	together, first, err := c.togetherBlocks(ctx)
	if err != nil {
		return p, err
	}
	catalogues, err := c.catalogueBlocks(ctx)
	if err != nil {
		return p, err
	}
	instead, err := c.insteadBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.productsMessage(a, keep, first)
	p.Sections = []view.Section{
		{ID: "titles", Title: c.T("products.titles"), Lead: c.T("products.titles.lead"), Blocks: []view.Block{{KPIs: c.productFigures(a)}, {Chart: matrix}}},
		{ID: "life", Title: c.T("products.life"), Lead: c.T("products.life.lead"), Blocks: life},
		{ID: "stock", Title: c.T("products.stock"), Lead: c.T("products.stock.lead"), Blocks: stock},
		{ID: "together", Title: c.T("products.together"), Lead: c.T("products.together.lead"), Blocks: together},
		{ID: "catalogues", Title: c.T("products.catalogues"), Lead: c.T("products.catalogues.lead"), Blocks: catalogues},
		{ID: "instead", Title: c.T("products.instead"), Lead: c.T("products.instead.lead"), Blocks: instead},
	}
	return p, nil
}

func (c desk) readAssortment(ctx context.Context) (assortmentOf, error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("products_summary")))
	if err != nil {
		return assortmentOf{}, err
	}
	return assortmentOf{titles: page.Whole(row[0]), sold: page.Whole(row[1]), aTitles: page.Whole(row[2]), aNet: page.Value(row[3]), net: page.Value(row[4]), dead: page.Whole(row[5]),
		counted: page.Whole(row[6]), inStock: page.Whole(row[7]), stock: page.Value(row[8]), deadValue: page.Value(row[9]), excess: page.Value(row[10]),
		margin: page.Value(row[11]), mean: page.Value(row[12]), copiesReturned: page.Value(row[13]), copies: page.Value(row[14])}, nil
}

// productsMessage says how few titles carry the sales, and what follows.
func (c desk) productsMessage(a assortmentOf, keep int64, first string) view.Message {
	m := view.Message{Finding: c.T("products.text.none", "n", page.Count(c.Lang, a.titles), "dead", page.Count(c.Lang, a.dead))}
	if a.sold > 0 && a.net.Float > 0 {
		m.Finding = c.T("products.text", "n", page.Count(c.Lang, a.titles), "a", page.Count(c.Lang, a.aTitles), "share", c.Share(view.Ratio(a.aNet, a.net)), "dead", page.Count(c.Lang, a.dead))
	}
	m.Consequence = c.T("products.so.none")
	steady, both := "products.so.keep", "products.so"
	if a.counted == 0 {
		steady, both = "products.so.unstocked", "products.so.unstocked.rule"
	}
	switch {
	case keep > 0 && first != "":
		m.Consequence = c.T(both, "n", page.Count(c.Lang, keep), "rule", first)
	case keep > 0:
		m.Consequence = c.T(steady, "n", page.Count(c.Lang, keep))
	case first != "":
		m.Consequence = c.T("products.so.rule", "rule", first)
	}
	return m
}

func (c desk) productFigures(a assortmentOf) *view.KPIRow {
	row := &view.KPIRow{ID: "products-data", Title: c.T("products.titles")}
	add := func(key string, v view.Value, f view.Format, unit, note string, better int) {
		row.Items = append(row.Items, view.KPI{Label: c.T("products.kpi." + key), Value: v, Format: f, Unit: unit, Better: better, Note: note})
	}
	add("sold", view.I(a.sold), view.Integer(), "", c.T("products.kpi.sold.note", "n", page.Count(c.Lang, a.titles)), 1)
	add("a", view.I(a.aTitles), view.Integer(), "", c.T("products.kpi.a.note", "share", c.Share(view.Ratio(view.I(a.aTitles), view.I(a.sold)))), 0)
	add("dead", view.Ratio(view.I(a.dead), view.I(a.titles)), view.Pct(), "", c.T("products.kpi.dead.note"), -1)
	add("returns", view.Ratio(a.copiesReturned, a.copies), view.Pct(), "", c.T("products.kpi.returns.note"), -1)
	if a.counted == 0 {
		return row
	}
	format, unit := c.Money(a.stock)
	add("stock", a.stock, format, unit, c.T("products.kpi.stock.note", "n", page.Count(c.Lang, a.inStock)), 0)
	add("gmroi", view.Ratio(page.Zero(a.margin), a.mean), view.Format{Style: view.Decimal, Decimals: 2}, "", c.T("products.kpi.gmroi.note"), 1)
	format, unit = c.Money(a.excess)
	add("excess", a.excess, format, unit, c.T("products.kpi.excess.note"), -1)
	format, unit = c.Money(a.deadValue)
	add("deadstock", a.deadValue, format, unit, c.T("products.kpi.deadstock.note"), -1)
	return row
}

// titleMatrix is ABC by XYZ: net sales by shade, titles below.
func (c desk) titleMatrix(ctx context.Context, a assortmentOf) (*view.Chart, error) {
	columns, rows := []string{"X", "Y", "Z", "none"}, []string{"A", "B", "C", "N"}
	ch := &view.Chart{ID: "matrix", Kind: view.Heat, Title: c.T("matrix.title"), XName: c.T("matrix.x")}
	place := map[string]int{}
	for i, x := range columns {
		place["x"+x] = i
		ch.Categories = append(ch.Categories, c.T("matrix.xyz."+x))
	}
	for i, y := range rows {
		place["y"+y] = i
		ch.Rows = append(ch.Rows, c.T("matrix.abc."+y))
	}
	type cell struct {
		x, y               int
		titles, net, stock view.Value
	}
	var cells []cell
	most := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("products_matrix")), func(row []any) error {
		x, known := place["x"+page.Text(row[1])]
		if !known {
			x = len(columns) - 1 // not judged
		}
		y := place["y"+page.Text(row[0])]
		net := page.Value(row[3])
		cells = append(cells, cell{x, y, page.Value(row[2]), net, a.stockOf(page.Value(row[4]))})
		if net.Float > most.Float {
			most = net
		}
		return nil
	})
	format, unit := c.TableMoney(most)
	ch.Subtitle, ch.Format, ch.Insight = c.T("matrix.sub", "unit", unit), format, c.T("matrix.text")
	ch.Table = view.Table{Title: c.T("matrix.title"), Columns: []view.Column{{Label: "ABC"}, {Label: "XYZ"}, {Label: c.T("products.col.titles"), Format: view.Integer()},
		{Label: c.T("products.col.net"), Unit: unit, Format: format}, {Label: c.T("products.col.stock"), Unit: unit, Format: format}}}
	for _, v := range cells {
		ch.Cells = append(ch.Cells, view.Cell{X: v.x, Y: v.y, Value: v.net, Shade: page.Shade(v.net.Float, most.Float), Label: view.Show(c.Lang, v.net, format),
			Small: c.T("matrix.titles", "n", view.Show(c.Lang, v.titles, view.Integer()))})
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(ch.Rows[v.y]), view.T(ch.Categories[v.x]), v.titles, v.net, v.stock}})
	}
	return ch, err
}

package market

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// demandShown is how many new titles the page names.
const demandShown = 12

// recommendations answers: do the lists find what customers order, for whom not,
// and what goes out this month?
func recommendations(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("recommendations")
	known, err := c.Known(ctx, "score", "recommendation_backtest")
	if err != nil {
		return p, err
	}
	var row []any
	if known {
		if row, err = engine.One(ctx, c.DB, engine.SQL(statement("recommend_total"))); err != nil {
			return p, err
		}
	}
	if row == nil || page.Whole(row[0]) == 0 {
		p.Message = view.Message{Finding: c.T("recommend.unknown"), Consequence: c.T("recommend.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: p.Title, Text: c.T("recommend.absent"), Tables: []string{"order_header", "order_line", "title", "catalogue", "catalogue_item"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Measure: c.T("recommend.meta"), Period: view.LongDate(c.Lang, c.AsOf)}
	p.Message = c.recommendMessage(row)
	tables, err := c.recommendTables(ctx)
	if err != nil {
		return p, err
	}
	stock, err := c.reading(ctx, "recommend")
	if err != nil {
		return p, err
	}
	fresh, err := c.reading(ctx, "recommend_new")
	if err != nil {
		return p, err
	}
	copies, err := c.reading(ctx, "title_demand")
	if err != nil {
		return p, err
	}
	quality, err := c.qualityBlocks(ctx, row, stock, tables[0], tables[1])
	if err != nil {
		return p, err
	}
	half := func(t *view.Table) view.Block { return view.Block{Width: view.Half, Table: t} }
	p.Sections = []view.Section{
		{ID: "quality", Title: c.T("recommend.quality"), Lead: c.T("recommend.quality.lead"), Blocks: quality},
		{ID: "demand", Title: c.T("recommend.demand"), Lead: c.T("recommend.demand.lead"), Blocks: []view.Block{fresh, {Table: tables[2]}, copies, {Table: tables[3]}}},
		{ID: "outcome", Title: c.T("recommend.outcome"), Lead: c.T("recommend.outcome.lead"), Blocks: []view.Block{{Table: tables[4]}}},
		{ID: "rules", Title: c.T("recommend.rules"), Lead: c.T("recommend.rules.lead"), Blocks: []view.Block{half(tables[5]), half(tables[6])}},
	}
	return p, nil
}

// qualityBlocks are the figures of the whole, whom the lists serve and how the
// models did.
func (c desk) qualityBlocks(ctx context.Context, row []any, reading view.Block, models, groups *view.Table) ([]view.Block, error) {
	blocks := []view.Block{{KPIs: c.recommendFigures(row)}, reading}
	ch, err := c.sizeChart(ctx)
	if err != nil {
		return nil, err
	}
	if ch != nil {
		return append(blocks, view.Block{Width: view.Half, Chart: ch}, view.Block{Width: view.Half, Table: groups}, view.Block{Table: models}), nil
	}
	return append(blocks, view.Block{Table: groups}, view.Block{Table: models}), nil
}

func (c desk) recommendFigures(row []any) *view.KPIRow {
	k := &view.KPIRow{ID: "recommend-data", Title: c.T("recommend.quality")}
	add := func(key string, v view.Value, f view.Format, note string) {
		k.Items = append(k.Items, view.KPI{Label: c.T("recommend.kpi." + key), Value: v, Format: f, Better: 1, Note: note})
	}
	held := c.T("recommend.kpi.held", "n", page.Count(c.Lang, page.Whole(row[3])))
	add("lists", view.I(page.Whole(row[0])), view.Integer(), held)
	if own, popular := page.Value(row[5]), page.Value(row[6]); own.Has() {
		add("recall", own, view.Pct(), c.T("recommend.kpi.popular", "share", view.Show(c.Lang, popular, view.Pct())))
		add("hit", page.Value(row[7]), view.Pct(), c.T("recommend.kpi.tested", "n", page.Count(c.Lang, page.Whole(row[4]))))
	}
	add("new", view.I(page.Whole(row[2])), view.Integer(), c.T("recommend.kpi.next", "n", page.Count(c.Lang, page.Whole(row[9]))))
	return k
}

// fewestCompared is how many customers of a size it takes to compare their lists
// with those of another.
const fewestCompared = 20

// sizeChart shows recall of the lists beside that of the best-sellers by how many
// titles customers had; nil without a test.
func (c desk) sizeChart(ctx context.Context) (*view.Chart, error) {
	ch := &view.Chart{ID: "recommend-sizes", Kind: view.Mirror, Title: c.T("recommend.sizes.title"), Subtitle: c.T("recommend.sizes.sub"), Format: view.Pct(), Better: 1}
	own, popular := view.Series{Name: c.T("recommend.sizes.own"), Role: view.Other}, view.Series{Name: c.T("recommend.col.popular"), Role: view.Other}
	pct := view.Pct().Bare()
	ch.Table = view.Table{ID: "recommend-sizes-table", Title: ch.Title, Columns: []view.Column{{Label: c.T("recommend.col.group")}, c.column("recall", pct), c.column("popular", pct)}}
	least, compared := 0, 0
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("recommend_groups")), func(row []any) error {
		if page.Text(row[0]) != "titles" {
			return nil
		}
		label, mine, theirs := strings.ReplaceAll(page.Text(row[1]), "-", "–"), page.Value(row[3]), page.Value(row[5])
		ch.Categories = append(ch.Categories, label)
		own.Values, popular.Values = append(own.Values, mine), append(popular.Values, theirs)
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(label), mine, theirs}})
		if page.Whole(row[2]) < fewestCompared {
			return nil
		}
		if compared++; compared == 1 || mine.Float < own.Values[least].Float {
			least = len(own.Values) - 1
		}
		return nil
	})
	if err != nil || len(ch.Categories) == 0 {
		return nil, err
	}
	ch.Series = []view.Series{own, popular}
	if compared < 2 {
		return ch, nil
	}
	ch.Insight = c.T("recommend.sizes.text", "n", fmt.Sprint(fewestCompared), "who", c.T("recommend.had", "n", ch.Categories[least]), "share", view.Show(c.Lang, own.Values[least], view.Pct()))
	return ch, nil
}

// recommendMessage says how much of what is ordered the lists hold.
func (c desk) recommendMessage(row []any) view.Message {
	lists := page.Count(c.Lang, page.Whole(row[0]))
	own, popular := page.Value(row[5]), page.Value(row[6])
	m := view.Message{Finding: c.T("recommend.text.untested", "n", lists), Consequence: c.T("recommend.so", "new", page.Count(c.Lang, page.Whole(row[2])), "held", page.Count(c.Lang, page.Whole(row[3])))}
	if own.Has() && popular.Has() {
		m.Finding = c.T("recommend.text", "n", lists, "own", view.Show(c.Lang, own, view.Pct()), "popular", view.Show(c.Lang, popular, view.Pct()), "days", fmt.Sprint(page.Whole(row[8])))
	}
	return m
}

// listing is a table of the page: its statement, its columns, and how a row of the
// statement becomes cells.
type listing struct {
	id, sql string
	args    []any
	columns []view.Column
	cells   func(row []any) []view.Value
}

func (c desk) recommendTables(ctx context.Context) ([]*view.Table, error) {
	var tables []*view.Table
	for _, l := range append(c.qualityListings(), c.offerListings()...) {
		t := &view.Table{ID: "recommend-" + l.id, Title: c.T("recommend." + l.id + ".title"), Empty: c.T("recommend." + l.id + ".none"), Columns: l.columns}
		err := engine.Rows(ctx, c.DB, engine.SQL(statement(l.sql), l.args...), func(row []any) error {
			t.Rows = append(t.Rows, view.Row{Cells: l.cells(row)})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.sql, err)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func (c desk) column(key string, format view.Format) view.Column {
	col := view.Column{Label: c.T("recommend.col." + key), Format: format}
	if format.Style == view.Pct().Style {
		col.Unit = "%"
	}
	return col
}

// qualityListings are the models on the test, and for whom lists work.
func (c desk) qualityListings() []listing {
	pct := view.Pct().Bare()
	return []listing{
		{"models", "recommend_models", nil, []view.Column{{Label: c.T("recommend.col.list")}, {Label: c.T("recommend.col.model")}, {Label: c.T("col.customers"), Format: view.Integer()}, c.column("recall", pct), c.column("ndcg", pct),
			c.column("hit", pct), c.column("coverage", pct), c.column("ratio", two())}, func(row []any) []view.Value {
			return append([]view.Value{view.T(c.T("recommend.list." + page.Text(row[0]))), view.T(c.T("recommend.model." + page.Text(row[1])))}, values(row[2:])...)
		}},
		{"groups", "recommend_groups", nil, []view.Column{{Label: c.T("recommend.col.group")}, {Label: c.T("col.customers"), Format: view.Integer()}, c.column("recall", pct), c.column("hit", pct), c.column("popular", pct), c.column("ratio", two())}, func(row []any) []view.Value {
			label := view.T(c.T("recommend.had", "n", strings.ReplaceAll(page.Text(row[1]), "-", "–")))
			if page.Text(row[0]) == "type" {
				label = c.KindOf(row[1])
			}
			return append([]view.Value{label}, values(row[2:])...)
		}},
	}
}

// offerListings are what is offered, what it brought, and the rules.
func (c desk) offerListings() []listing {
	pct, whole, one := view.Pct().Bare(), view.Integer(), view.Format{Style: view.Decimal, Decimals: 1}
	return []listing{
		{"titles", "recommend_demand", []any{demandShown}, []view.Column{{Label: c.T("recommend.col.title"), Wide: true}, {Label: c.T("account.offers.publisher")}, {Label: c.T("recommend.col.class")}, {Label: c.T("recommend.col.catalogue")},
			c.column("copies", one), c.column("low", whole), c.column("high", whole), c.column("order", whole), c.column("lists", whole)}, func(row []any) []view.Value {
			return append([]view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1]))), view.T(page.Text(row[2])), view.T(page.Text(row[3])), view.T(page.Text(row[4]))}, values(row[5:])...)
		}},
		{"mailing", "recommend_mailing", nil, []view.Column{{Label: c.T("recommend.col.catalogue")}, {Label: c.T("recommend.col.issue")}, c.column("sent", whole), c.column("held", whole), c.column("unsent", whole), c.column("each", one)}, func(row []any) []view.Value {
			return append([]view.Value{view.T(page.Text(row[0])), view.T(page.Text(row[1]))}, values(row[2:])...)
		}},
		{"brought", "recommend_outcome", nil, []view.Column{{Label: c.T("recommend.col.list")}, {Label: c.T("recommend.col.model")}, {Label: c.T("recommend.col.arm")}, {Label: c.T("col.customers"), Format: whole}, c.column("offered", whole), c.column("ordered", whole), c.column("hit", pct)}, func(row []any) []view.Value {
			arm := c.T("recommend.offered")
			if held, _ := row[2].(bool); held {
				arm = c.T("recommend.held")
			}
			return append([]view.Value{view.T(c.T("recommend.list." + page.Text(row[0]))), view.T(c.T("recommend.model." + page.Text(row[1]))), view.T(arm)}, values(row[3:])...)
		}},
		{"rule", "recommend_rule", nil, []view.Column{{Label: c.T("recommend.col.rule"), Wide: true}, c.column("everybody", whole), c.column("stock", whole), c.column("new", whole)}, func(row []any) []view.Value {
			name := c.T("recommend.rule." + page.Text(row[0]))
			if on, _ := row[1].(bool); !on {
				return []view.Value{view.T(name + c.T("recommend.off."+page.Text(row[2]))), {}, {}, {}}
			}
			return append([]view.Value{view.T(name)}, values(row[3:])...)
		}},
		{"trade", "recommend_trade", nil, []view.Column{{Label: c.T("recommend.col.list")}, {Label: c.T("recommend.col.weight")}, c.column("relevance", pct), c.column("diversity", pct), c.column("subjects", one), c.column("titles", whole)}, func(row []any) []view.Value {
			weight := view.Show(c.Lang, page.Value(row[1]), two())
			if chosen, _ := row[6].(bool); chosen {
				weight += c.T("recommend.chosen")
			}
			return append([]view.Value{view.T(c.T("recommend.list." + page.Text(row[0]))), view.T(weight)}, values(row[2:6])...)
		}},
	}
}

func values(row []any) []view.Value {
	var out []view.Value
	for _, v := range row {
		out = append(out, page.Value(v))
	}
	return out
}

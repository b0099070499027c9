package page

import (
	"context"
	"fmt"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/view"
)

// statementItems are what is taken off gross sales, in the order of
// profit_statement.sql after it.
var statementItems = []string{"discount", "returns", "cost", "inbound", "visits", "contacts", "tickets", "expenses", "handling", "marketing", "commission", "capital"}

// profitAndLoss is the statement of all customers whose profit is known.
type profitAndLoss struct {
	customers, losing, earning int64
	gross, contribution        view.Value
	items                      []view.Value // taken off gross sales
	loss, peak                 view.Value
	net, costed, served        view.Value
}

// profit answers: who earns, who costs, and why?
func profit(ctx context.Context, c *Context) (view.Page, error) {
	p := c.page("profit")
	known, err := c.known(ctx, "score", "customer_profit")
	if err != nil {
		return p, err
	}
	var s profitAndLoss
	if known {
		if s, err = c.readStatement(ctx); err != nil {
			return p, err
		}
	}
	if s.customers == 0 {
		p.Message = view.Message{Finding: c.t("profit.unknown"), Consequence: c.t("profit.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.t("page.profit"), Text: c.t("profit.absent"), Tables: []string{"order_line", "purchase_line", "activity", "ticket", "expense"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Unit: view.CurrencyName(c.Lang, c.Currency), Measure: c.t("profit.meta"), Period: c.t("profit.period", "date", view.LongDate(c.Lang, c.AsOf))}
	whale, err := c.whaleBlock(ctx, s)
	if err != nil {
		return p, err
	}
	types, err := c.profitBy(ctx, "customer.type", s)
	if err != nil {
		return p, err
	}
	classes, err := c.profitBy(ctx, "class.bucket", s)
	if err != nil {
		return p, err
	}
	regions, err := c.profitBy(ctx, "region.area", s)
	if err != nil {
		return p, err
	}
	reasons, first, err := c.reasonsOfLoss(ctx)
	if err != nil {
		return p, err
	}
	losing, err := c.losingTable(ctx, s)
	if err != nil {
		return p, err
	}
	p.Message = view.Message{Finding: c.profitText(s), Consequence: c.lossText(s, first)}
	p.Sections = []view.Section{
		{ID: "whole", Title: c.t("profit.whole"), Blocks: []view.Block{{KPIs: c.profitFigures(s)}}},
		{ID: "statement", Title: c.t("profit.statement"), Lead: c.t("profit.statement.lead"), Blocks: []view.Block{{Width: view.Half, Table: c.statementTable(s)}, {Width: view.Half, Chart: whale}}},
		{ID: "losing", Title: c.t("profit.losing"), Lead: c.t("profit.losing.lead"), Blocks: []view.Block{{Table: reasons}, {Table: losing}}},
		{ID: "where", Title: c.t("profit.where"), Lead: c.t("profit.where.lead"), Blocks: []view.Block{{Table: types}, {Table: classes}, {Table: regions}}},
	}
	return p, nil
}

func (c *Context) readStatement(ctx context.Context) (profitAndLoss, error) {
	row, err := engine.One(ctx, c.db, engine.SQL(statement("profit_statement")))
	if err != nil {
		return profitAndLoss{}, err
	}
	s := profitAndLoss{customers: whole(row[0]), gross: zero(value(row[1])), contribution: zero(value(row[14])), losing: whole(row[15]),
		loss: zero(value(row[16])), earning: whole(row[17]), peak: zero(value(row[18])), net: zero(value(row[19])), costed: zero(value(row[20])), served: zero(value(row[21]))}
	for i := range statementItems {
		s.items = append(s.items, zero(value(row[2+i])))
	}
	// Sales whose cost is not known are no margin.
	s.items[2] = view.Sum(s.items[2], zero(value(row[22])))
	return s, nil
}

func (c *Context) profitText(s profitAndLoss) string {
	pairs := []string{"n", count(c.Lang, s.customers), "earning", count(c.Lang, s.earning), "losing", count(c.Lang, s.losing), "total", c.amount(s.contribution),
		"peak", c.amount(s.peak), "loss", c.amount(view.Sub(view.I(0), s.loss)), "share", share(view.Ratio(s.peak, s.contribution))}
	switch {
	case s.contribution.Float <= 0:
		return c.t("profit.text.loss", append(pairs, "total", c.amount(view.Sub(view.I(0), s.contribution)))...)
	case s.losing == 0:
		return c.t("profit.text.all", pairs...)
	}
	return c.t("profit.text", pairs...)
}

// lossText says what drives the losses.
func (c *Context) lossText(s profitAndLoss, first string) string {
	if s.losing == 0 {
		return c.t("profit.so.none", "share", share(view.Ratio(s.served, s.net)))
	}
	return first
}

func (c *Context) profitFigures(s profitAndLoss) *view.KPIRow {
	row := &view.KPIRow{ID: "profit-data", Title: c.t("profit.whole")}
	add := func(key string, v view.Value, f view.Format, unit, note string, better int) {
		row.Items = append(row.Items, view.KPI{Label: c.t("profit.kpi." + key), Value: v, Format: f, Unit: unit, Better: better, Note: note})
	}
	format, unit := c.money(s.contribution)
	add("contribution", s.contribution, format, unit, c.t("profit.kpi.contribution.note", "n", count(c.Lang, s.customers)), 1)
	add("rate", view.Ratio(s.contribution, s.net), view.Pct(), "", c.t("profit.kpi.rate.note"), 1)
	add("losing", view.I(s.losing), view.Integer(), "", c.t("profit.kpi.losing.note", "n", count(c.Lang, s.customers)), -1)
	format, unit = c.money(s.loss)
	add("loss", s.loss, format, unit, c.t("profit.kpi.loss.note"), 1)
	add("served", view.Ratio(s.served, s.net), view.Pct(), "", c.t("profit.kpi.served.note"), -1)
	add("coverage", view.Ratio(s.costed, s.net), view.Pct(), "", c.t("profit.kpi.coverage.note"), 1)
	return row
}

// statementTable runs from gross sales to contribution.
func (c *Context) statementTable(s profitAndLoss) *view.Table {
	format, unit := c.tableMoney(s.gross)
	t := &view.Table{ID: "profit-statement", Title: c.t("profit.statement"), Subtitle: c.t("profit.sub", "unit", unit), Footnotes: []string{c.t("profit.statement.foot")},
		Columns: []view.Column{{Label: c.t("profit.col.item")}, {Label: c.t("profit.col.amount"), Unit: unit, Format: format, Visual: view.Variance},
			{Label: c.t("profit.col.ofgross"), Unit: "%", Format: view.Pct().Bare()}}}
	row := func(kind view.RowKind, label string, level int, amount view.Value) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Level: level, Cells: []view.Value{view.T(label), amount, view.Ratio(amount, s.gross)}})
	}
	row(view.Leaf, c.t("profit.item.gross"), 0, s.gross)
	running := s.gross
	after := map[string]string{"returns": "net", "inbound": "margin", "handling": "served"}
	for i, name := range statementItems {
		running = view.Sub(running, s.items[i])
		row(view.Leaf, c.t("profit.item."+name), 1, view.Sub(view.I(0), s.items[i]))
		if sub, ok := after[name]; ok {
			row(view.Subtotal, c.t("profit.item."+sub), 0, running)
		}
	}
	row(view.Total, c.t("profit.item.contribution"), 0, s.contribution)
	return t
}

// whaleBlock is the curve of cumulated contribution.
func (c *Context) whaleBlock(ctx context.Context, s profitAndLoss) (*view.Chart, error) {
	format, unit := c.tableMoney(s.peak, s.contribution)
	ch := &view.Chart{ID: "whale", Kind: view.Lines, Title: c.t("whale.title"), Subtitle: c.t("whale.sub", "unit", unit), Format: format, Better: 1,
		XName: c.t("whale.x"), YName: unit, Insight: c.t("whale.text", "share", share(view.Ratio(view.I(s.earning), view.I(s.customers))), "peak", c.amount(s.peak),
			"loss", c.amount(view.Sub(view.I(0), s.loss)))}
	ch.Table = view.Table{Title: c.t("whale.title"), Columns: []view.Column{{Label: c.t("whale.x")}, {Label: c.t("col.customers"), Format: view.Integer()},
		{Label: c.t("profit.item.contribution"), Unit: unit, Format: format}}}
	line := view.Series{Role: view.AC}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("whale")), func(row []any) error {
		at, sum := value(row[0]), zero(value(row[2]))
		name := roundShare(at.Float)
		mark := ""
		if len(ch.Categories)%4 == 0 { // every fifth of the customers is named
			mark = name
		}
		ch.Categories, line.Values = append(ch.Categories, mark), append(line.Values, sum)
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), value(row[1]), sum}})
		return nil
	})
	ch.Series = []view.Series{line}
	return ch, err
}

var profitMeasures = []string{"customers", "net_after_returns", "margin", "cost_to_serve", "selling_cost", "contribution"}

// profitBy is the contribution by one attribute, largest first.
func (c *Context) profitBy(ctx context.Context, attribute string, s profitAndLoss) (*view.Table, error) {
	list, err := c.members(ctx, attribute, cube.Query{Cube: "profit", Rows: []string{attribute},
		Measures: profitMeasures, Sort: []cube.Sort{{By: "contribution", Desc: true}}})
	if err != nil {
		return nil, err
	}
	format, unit := c.tableMoney(s.gross)
	t := &view.Table{ID: "profit-" + attribute, Title: c.t("profit.by." + attribute), Subtitle: c.t("profit.sub", "unit", unit), Empty: c.t("table.empty"),
		Columns: []view.Column{{Label: c.t("head." + attribute)}, {Label: c.t("col.customers"), Format: view.Integer(), Total: "≠"}, {Label: c.t("profit.item.net"), Unit: unit, Format: format},
			{Label: c.t("profit.item.margin"), Unit: unit, Format: format}, {Label: c.t("profit.item.serve"), Unit: unit, Format: format}, {Label: c.t("profit.item.selling"), Unit: unit, Format: format},
			{Label: c.t("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1}, {Label: c.t("profit.item.contribution"), Unit: "%", Format: view.Pct().Bare()}},
		Footnotes: []string{c.t("profit.by.foot")}}
	cells := func(label string, m figures) []view.Value {
		net, contribution := zero(m["net_after_returns"]), zero(m["contribution"])
		return []view.Value{view.T(label), m["customers"], net, zero(m["margin"]), zero(m["cost_to_serve"]), zero(m["selling_cost"]), contribution, view.Ratio(contribution, net)}
	}
	for _, m := range list {
		t.Rows = append(t.Rows, view.Row{Cells: cells(m.label, m.values)})
	}
	if len(t.Rows) > 0 {
		all, err := c.asker.Ask(ctx, cube.Query{Cube: "profit", Measures: profitMeasures})
		if err != nil {
			return nil, err
		}
		whole := figures{}
		for _, row := range all.Rows {
			readMeasures(all, row, whole)
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells(c.t("row.total"), whole)})
	}
	return t, nil
}

// reasonsOfLoss lists what losing customers cost above their type, and says the
// first of it.
func (c *Context) reasonsOfLoss(ctx context.Context) (t *view.Table, first string, err error) {
	var rows [][]any
	largest := view.I(0)
	err = engine.Rows(ctx, c.db, engine.SQL(statement("profit_reasons")), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := value(row[2]); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.tableMoney(largest)
	t = &view.Table{ID: "profit-reasons", Title: c.t("profit.reasons"), Subtitle: c.t("profit.sub", "unit", unit), Empty: c.t("profit.losing.none"),
		Columns: []view.Column{{Label: c.t("profit.col.reason")}, {Label: c.t("col.customers"), Format: view.Integer()},
			{Label: c.t("profit.col.excess"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.t("profit.col.their"), Unit: unit, Format: format}},
		Footnotes: []string{c.t("profit.reasons.foot")}}
	for i, row := range rows {
		name := c.t("profit.item." + text(row[0]))
		if i == 0 {
			first = c.t("profit.so", "reason", name, "n", count(c.Lang, whole(row[1])), "excess", c.amount(value(row[2])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), value(row[1]), value(row[2]), value(row[3])}})
	}
	return t, first, err
}

// losingTable lists the customers that lose most.
func (c *Context) losingTable(ctx context.Context, s profitAndLoss) (*view.Table, error) {
	const most = 20
	format, unit := c.tableMoney(view.Sub(view.I(0), s.loss))
	t := &view.Table{ID: "profit-losing", Title: c.t("profit.losing.table"), Subtitle: c.t("profit.sub", "unit", unit), Empty: c.t("profit.losing.none"),
		Columns: []view.Column{{Label: c.t("col.customer")}, {Label: c.t("head.customer.type")}, {Label: c.t("head.region.area")},
			{Label: c.t("profit.item.gross"), Unit: unit, Format: format}, {Label: c.t("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1},
			{Label: c.t("profit.col.reason.first"), Wide: true}, {Label: c.t("profit.col.reason.second"), Wide: true}}}
	reason := func(name string, excess any) view.Value {
		if name == "" {
			return view.Value{}
		}
		return view.T(c.t("profit.reason", "item", c.t("profit.item."+name), "amount", c.amount(value(excess))))
	}
	listed := view.I(0)
	err := engine.Rows(ctx, c.db, engine.SQL(statement("profit_losing"), most), func(row []any) error {
		listed = view.Sum(listed, value(row[7]))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.customerName(text(row[0]), text(row[1]), text(row[2]))), c.kindOf(row[2]), c.area(row[3], row[4]),
			value(row[5]), value(row[7]), reason(text(row[8]), row[9]), reason(text(row[10]), row[11])}})
		return nil
	})
	if err != nil || len(t.Rows) == 0 {
		return t, err
	}
	if rest := s.losing - int64(len(t.Rows)); rest > 0 {
		t.Shown = c.t("profit.losing.shown", "n", fmt.Sprint(len(t.Rows)), "of", count(c.Lang, s.losing))
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.t("row.others", "n", count(c.Lang, rest))), {}, {}, {}, view.Sub(s.loss, listed), {}, {}}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.t("row.total")), {}, {}, {}, s.loss, {}, {}}})
	t.Footnotes = []string{c.t("foot.privacy")}
	return t, nil
}

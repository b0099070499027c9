package value

import (
	"context"
	"fmt"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/page"
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
	unknown                    int64      // customers who bought, but whose profit is not known
	all                        view.Value // net sales of all customers
}

// profit answers: who earns, who costs, and why?
func profit(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("profit")
	known, err := c.Known(ctx, "score", "customer_profit")
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
		p.Message = view.Message{Finding: c.T("profit.unknown"), Consequence: c.T("profit.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.profit"), Text: c.T("profit.absent"), Tables: []string{"order_line", "purchase_line", "activity", "ticket", "expense"}}}}}}
		return p, nil
	}
	p.Meta = view.Meta{Unit: c.Lang.Currency(c.Currency), Measure: c.T("profit.meta"), Period: c.T("profit.period", "date", view.LongDate(c.Lang, c.AsOf))}
	whale, err := c.whalePart(ctx, s)
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
		{ID: "whole", Title: c.T("profit.whole"), Blocks: []view.Block{{KPIs: c.profitFigures(s)}}},
		{ID: "statement", Title: c.T("profit.statement"), Lead: c.T("profit.statement.lead"), Blocks: []view.Block{{Width: view.Half, Table: c.statementTable(s)}, whale}},
		{ID: "losing", Title: c.T("profit.losing"), Lead: c.T("profit.losing.lead"), Blocks: []view.Block{{Table: reasons}, {Table: losing}}},
		{ID: "where", Title: c.T("profit.where"), Lead: c.T("profit.where.lead"), Blocks: []view.Block{{Table: types}, {Table: classes}, {Table: regions}}},
	}
	return p, nil
}

func (c desk) readStatement(ctx context.Context) (profitAndLoss, error) {
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("profit_statement")))
	if err != nil {
		return profitAndLoss{}, err
	}
	s := profitAndLoss{customers: page.Whole(row[0]), gross: page.Zero(page.Value(row[1])), contribution: page.Zero(page.Value(row[14])), losing: page.Whole(row[15]),
		loss: page.Zero(page.Value(row[16])), earning: page.Whole(row[17]), peak: page.Zero(page.Value(row[18])), net: page.Zero(page.Value(row[19])), costed: page.Zero(page.Value(row[20])), served: page.Zero(page.Value(row[21])), unknown: page.Whole(row[23]), all: page.Zero(page.Value(row[24]))}
	for i := range statementItems {
		s.items = append(s.items, page.Zero(page.Value(row[2+i])))
	}
	// Sales whose cost is not known are no margin.
	s.items[2] = view.Sum(s.items[2], page.Zero(page.Value(row[22])))
	return s, nil
}

func (c desk) profitText(s profitAndLoss) string {
	pairs := []string{"n", page.Count(c.Lang, s.customers), "earning", page.Count(c.Lang, s.earning), "losing", page.Count(c.Lang, s.losing), "total", c.Amount(s.contribution),
		"peak", c.Amount(s.peak), "loss", c.Amount(view.Sub(view.I(0), s.loss)), "share", c.Share(view.Ratio(s.peak, s.contribution))}
	part := ""
	if s.unknown > 0 {
		part = c.T("profit.text.part", "n", page.Count(c.Lang, s.unknown), "share", c.Share(view.Ratio(view.Sub(s.all, s.net), s.all)))
	}
	switch {
	case s.contribution.Float <= 0:
		return c.T("profit.text.loss", append(pairs, "total", c.Amount(view.Sub(view.I(0), s.contribution)))...) + part
	case s.losing == 0:
		return c.T("profit.text.all", pairs...) + part
	}
	return c.T("profit.text", pairs...) + part
}

// lossText says what drives the losses.
func (c desk) lossText(s profitAndLoss, first string) string {
	if s.losing == 0 {
		return c.T("profit.so.none", "share", c.Share(view.Ratio(s.served, s.net)))
	}
	return first
}

func (c desk) profitFigures(s profitAndLoss) *view.KPIRow {
	row := &view.KPIRow{ID: "profit-data", Title: c.T("profit.whole")}
	add := func(key string, v view.Value, f view.Format, unit, note string, better int) {
		row.Items = append(row.Items, view.KPI{Label: c.T("profit.kpi." + key), Value: v, Format: f, Unit: unit, Better: better, Note: note})
	}
	format, unit := c.Money(s.contribution)
	add("contribution", s.contribution, format, unit, c.T("profit.kpi.contribution.note", "n", page.Count(c.Lang, s.customers)), 1)
	add("rate", view.Ratio(s.contribution, s.net), view.Pct(), "", c.T("profit.kpi.rate.note"), 1)
	add("losing", view.I(s.losing), view.Integer(), "", c.T("profit.kpi.losing.note", "n", page.Count(c.Lang, s.customers)), -1)
	format, unit = c.Money(s.loss)
	add("loss", s.loss, format, unit, c.T("profit.kpi.loss.note"), 1)
	add("served", view.Ratio(s.served, s.net), view.Pct(), "", c.T("profit.kpi.served.note"), -1)
	add("coverage", view.Ratio(s.costed, s.net), view.Pct(), "", c.T("profit.kpi.coverage.note"), 1)
	return row
}

// statementTable runs from gross sales to contribution.
func (c desk) statementTable(s profitAndLoss) *view.Table {
	format, unit := c.TableMoney(s.gross)
	t := &view.Table{ID: "profit-statement", Title: c.T("profit.statement"), Subtitle: c.T("profit.sub", "unit", unit), Footnotes: []string{c.T("profit.statement.foot")},
		Columns: []view.Column{{Label: c.T("profit.col.item")}, {Label: c.T("profit.col.amount"), Unit: unit, Format: format, Visual: view.Variance},
			{Label: c.T("profit.col.ofgross"), Unit: "%", Format: view.Pct().Bare()}}}
	row := func(kind view.RowKind, label string, level int, amount view.Value) {
		t.Rows = append(t.Rows, view.Row{Kind: kind, Level: level, Cells: []view.Value{view.T(label), amount, view.Ratio(amount, s.gross)}})
	}
	row(view.Leaf, c.T("profit.item.gross"), 0, s.gross)
	running := s.gross
	after := map[string]string{"returns": "net", "inbound": "margin", "handling": "served"}
	for i, name := range statementItems {
		running = view.Sub(running, s.items[i])
		row(view.Leaf, c.T("profit.item."+name), 1, view.Sub(view.I(0), s.items[i]))
		if sub, ok := after[name]; ok {
			row(view.Subtotal, c.T("profit.item."+sub), 0, running)
		}
	}
	row(view.Total, c.T("profit.item.contribution"), 0, s.contribution)
	return t
}

// whalePart is the curve of cumulated contribution, or why there is none.
func (c desk) whalePart(ctx context.Context, s profitAndLoss) (view.Block, error) {
	if c.Lacks("score.whale") {
		return c.WholeOnly(c.T("whale.title")), nil
	}
	ch, err := c.whaleBlock(ctx, s)
	return view.Block{Width: view.Half, Chart: ch}, err
}

// whaleBlock is the curve of cumulated contribution.
func (c desk) whaleBlock(ctx context.Context, s profitAndLoss) (*view.Chart, error) {
	format, unit := c.TableMoney(s.peak, s.contribution)
	ch := &view.Chart{ID: "whale", Kind: view.Lines, Title: c.T("whale.title"), Subtitle: c.T("whale.sub", "unit", unit), Format: format, Better: 1,
		XName: c.T("whale.x"), YName: unit, Insight: c.T("whale.text", "share", c.Share(view.Ratio(view.I(s.earning), view.I(s.customers))), "peak", c.Amount(s.peak),
			"loss", c.Amount(view.Sub(view.I(0), s.loss)))}
	ch.Table = view.Table{Title: c.T("whale.title"), Columns: []view.Column{{Label: c.T("whale.x")}, {Label: c.T("col.customers"), Format: view.Integer()},
		{Label: c.T("profit.item.contribution"), Unit: unit, Format: format}}}
	line := view.Series{Role: view.AC}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("whale")), func(row []any) error {
		at, sum := page.Value(row[0]), page.Zero(page.Value(row[2]))
		name := c.RoundShare(at.Float)
		mark := ""
		if len(ch.Categories)%4 == 0 { // every fifth of the customers is named
			mark = name
		}
		ch.Categories, line.Values = append(ch.Categories, mark), append(line.Values, sum)
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[1]), sum}})
		return nil
	})
	ch.Series = []view.Series{line}
	return ch, err
}

var profitMeasures = []string{"known_customers", "net_known", "margin", "cost_to_serve", "selling_cost", "contribution"}

// profitBy is the contribution by one attribute, largest first.
func (c desk) profitBy(ctx context.Context, attribute string, s profitAndLoss) (*view.Table, error) {
	list, err := c.Members(ctx, attribute, cube.Query{Cube: "profit", Rows: []string{attribute},
		Measures: profitMeasures, Sort: []cube.Sort{{By: "contribution", Desc: true}}})
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(s.gross)
	t := &view.Table{ID: "profit-" + attribute, Title: c.T("profit.by." + attribute), Subtitle: c.T("profit.sub", "unit", unit), Empty: c.T("table.empty"),
		Columns: []view.Column{{Label: c.T("head." + attribute)}, {Label: c.T("col.customers"), Format: view.Integer(), Total: "≠"}, {Label: c.T("profit.item.net"), Unit: unit, Format: format},
			{Label: c.T("profit.item.margin"), Unit: unit, Format: format}, {Label: c.T("profit.item.serve"), Unit: unit, Format: format}, {Label: c.T("profit.item.selling"), Unit: unit, Format: format},
			{Label: c.T("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1}, {Label: c.T("profit.item.contribution"), Unit: "%", Format: view.Pct().Bare()}},
		Footnotes: []string{c.T("profit.by.foot")}}
	if s.unknown > 0 {
		t.Footnotes = append(t.Footnotes, c.T("profit.by.part", "n", page.Count(c.Lang, s.unknown)))
	}
	cells := func(label string, m page.Figures) []view.Value {
		net, contribution := page.Zero(m["net_known"]), page.Zero(m["contribution"])
		return []view.Value{view.T(label), m["known_customers"], net, page.Zero(m["margin"]), page.Zero(m["cost_to_serve"]), page.Zero(m["selling_cost"]), contribution, view.Ratio(contribution, net)}
	}
	for _, m := range list {
		t.Rows = append(t.Rows, view.Row{Cells: cells(m.Label, m.Values)})
	}
	if len(t.Rows) > 0 {
		all, err := c.Asker.Ask(ctx, cube.Query{Cube: "profit", Measures: profitMeasures})
		if err != nil {
			return nil, err
		}
		whole := page.Figures{}
		for _, row := range all.Rows {
			page.ReadMeasures(all, row, whole)
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: cells(c.T("row.total"), whole)})
	}
	return t, nil
}

// reasonsOfLoss lists what losing customers cost above their type, and says the
// first of it.
func (c desk) reasonsOfLoss(ctx context.Context) (t *view.Table, first string, err error) {
	var rows [][]any
	largest := view.I(0)
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("profit_reasons")), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := page.Value(row[2]); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	t = &view.Table{ID: "profit-reasons", Title: c.T("profit.reasons"), Subtitle: c.T("profit.sub", "unit", unit), Empty: c.T("profit.losing.none"),
		Columns: []view.Column{{Label: c.T("profit.col.reason")}, {Label: c.T("col.customers"), Format: view.Integer()},
			{Label: c.T("profit.col.excess"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("profit.col.their"), Unit: unit, Format: format}},
		Footnotes: []string{c.T("profit.reasons.foot")}}
	for i, row := range rows {
		name := c.T("profit.item." + page.Text(row[0]))
		if i == 0 {
			first = c.T("profit.so", "reason", name, "n", page.Count(c.Lang, page.Whole(row[1])), "excess", c.Amount(page.Value(row[2])))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), page.Value(row[1]), page.Value(row[2]), page.Value(row[3])}})
	}
	return t, first, err
}

// losingTable lists the customers that lose most.
func (c desk) losingTable(ctx context.Context, s profitAndLoss) (*view.Table, error) {
	const most = 20
	format, unit := c.TableMoney(view.Sub(view.I(0), s.loss))
	t := &view.Table{ID: "profit-losing", Title: c.T("profit.losing.table"), Subtitle: c.T("profit.sub", "unit", unit), Empty: c.T("profit.losing.none"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")},
			{Label: c.T("profit.item.gross"), Unit: unit, Format: format}, {Label: c.T("profit.item.contribution"), Unit: unit, Format: format, Visual: view.Variance, Better: 1},
			{Label: c.T("profit.col.reason.first"), Wide: true}, {Label: c.T("profit.col.reason.second"), Wide: true}}}
	reason := func(name string, excess any) view.Value {
		if name == "" {
			return view.Value{}
		}
		return view.T(c.T("profit.reason", "item", c.T("profit.item."+name), "amount", c.Amount(page.Value(excess))))
	}
	listed := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("profit_losing"), most), func(row []any) error {
		listed = view.Sum(listed, page.Value(row[7]))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]),
			page.Value(row[5]), page.Value(row[7]), reason(page.Text(row[8]), row[9]), reason(page.Text(row[10]), row[11])}})
		return nil
	})
	if err != nil || len(t.Rows) == 0 {
		return t, err
	}
	if rest := s.losing - int64(len(t.Rows)); rest > 0 {
		t.Shown = c.T("profit.losing.shown", "n", fmt.Sprint(len(t.Rows)), "of", page.Count(c.Lang, s.losing))
		t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.T("row.others", "n", page.Count(c.Lang, rest))), {}, {}, {}, view.Sub(s.loss, listed), {}, {}}})
	}
	t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, {}, {}, s.loss, {}, {}}})
	t.Footnotes = []string{c.T("foot.privacy")}
	return t, nil
}

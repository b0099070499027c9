package flow

import (
	"context"
	"fmt"
	"strings"

	"verso/reports/page"
	"verso/reports/view"
)

// suppliers answers: which suppliers deliver late, short or damaged, and what are
// they worth to us?
func suppliers(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	known, err := c.known(ctx, "core", "fact_purchase_line", "dim_supplier")
	if err != nil || !known {
		return c.dark("suppliers", "purchase_order", "purchase_line", "supplier"), err
	}
	total, err := c.figures(ctx, "suppliers_total", c.years()...)
	if err != nil {
		return view.Page{}, err
	}
	if total[0].Float == 0 {
		return c.dark("suppliers", "purchase_order", "purchase_line", "supplier"), nil
	}
	p := c.Page("suppliers")
	p.Meta = view.Meta{Measure: c.T("suppliers.meta"), Unit: c.Lang.Currency(c.Currency), Period: page.LastTwelveMonths(c.AsOf).Label(c.Lang), Scenario: c.T("flow.scenario")}
	list, err := c.supplierTable(ctx)
	if err != nil {
		return p, err
	}
	alarms, out, err := c.supplierAlarms(ctx)
	if err != nil {
		return p, err
	}
	process, _, err := c.controls(ctx, "supplycontrol", "supplier_in_time", "short", "damaged")
	if err != nil {
		return p, err
	}
	returns, back, err := c.supplierReturns(ctx)
	if err != nil {
		return p, err
	}
	weight, err := c.figures(ctx, "suppliers_share", c.year()...)
	if err != nil {
		return p, err
	}
	p.Message = c.suppliersMessage(total, out)
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("suppliers.whole"), Blocks: []view.Block{{KPIs: c.supplierFigures(total, weight, back)}}},
		{ID: "control", Title: c.T("suppliers.control"), Lead: c.T("suppliers.control.lead"), Blocks: []view.Block{{Table: alarms}, {Table: process}}},
		{ID: "list", Title: c.T("suppliers.list"), Lead: c.T("suppliers.list.lead"), Blocks: []view.Block{list}},
		{ID: "returns", Title: c.T("suppliers.returns"), Lead: c.T("suppliers.returns.lead"), Blocks: []view.Block{{Table: returns}}},
	}
	return p, nil
}

func (c desk) suppliersMessage(total []view.Value, out []string) view.Message {
	fill := view.Ratio(total[13], total[12])
	pairs := []string{"n", page.Count(c.Lang, int64(total[1].Float)), "cost", c.Amount(page.Zero(total[2])), "lead", c.plain(total[4]), "p90", c.plain(total[6]), "intime", c.Share(page.Zero(view.Ratio(total[9], total[8]))), "fill", c.Share(page.Zero(fill)), "names", strings.Join(out, c.T("flow.semicolon")), "many", page.Count(c.Lang, int64(len(out)))}
	m := view.Message{Finding: c.T("suppliers.text.none", pairs...), Consequence: c.T("suppliers.so.none", pairs...)}
	if total[4].Has() && fill.Has() {
		m.Finding = c.T("suppliers.text", pairs...)
	} else if total[1].Float > 0 {
		m.Finding = c.T("suppliers.text.bought", pairs...)
	}
	if len(out) > 0 {
		m.Consequence = c.T("suppliers.so", pairs...)
	}
	return m
}

func (c desk) supplierFigures(total, weight []view.Value, back [2]view.Value) *view.KPIRow {
	row := &view.KPIRow{ID: "suppliers-data", Title: c.T("suppliers.whole")}
	days := c.T("flow.days")
	format, unit := c.Money(total[2])
	c.kpi(row, "bought", total[2], total[3], format, unit, 0, "n", page.Count(c.Lang, int64(total[1].Float)))
	c.kpi(row, "lead50", total[4], total[5], view.Integer(), days, -1)
	c.kpi(row, "lead90", total[6], total[7], view.Integer(), days, -1)
	c.kpi(row, "supplied", view.Ratio(total[9], total[8]), since(total[10], view.Ratio(total[11], total[10])), view.Pct(), "", 1)
	c.kpi(row, "fill", view.Ratio(total[13], total[12]), view.Ratio(total[15], total[14]), view.Pct(), "", 1)
	c.kpi(row, "variance", view.Ratio(total[16], total[17]), view.Ratio(total[18], total[19]), view.Pct(), "", -1, "value", c.SignedAmount(page.Zero(total[16])))
	format, unit = c.Money(back[0])
	c.kpi(row, "sentback", back[0], back[1], format, unit, -1)
	if len(weight) > 0 && weight[0].Has() {
		c.kpi(row, "top5", weight[0], view.Value{}, view.Pct(), "", 0, "hhi", view.Figure(c.Lang, weight[1].Float, 3, false))
	}
	return row
}

// supplierTable lists the suppliers bought from most, with the course of their
// lead time.
func (c desk) supplierTable(ctx context.Context) (view.Block, error) {
	const most, months = 25, 13
	known, err := c.known(ctx, "score", "supplier", "supplier_alarm")
	if err != nil || !known {
		return c.absent("suppliers.list", "purchase_line"), err
	}
	rows, err := c.rows(ctx, "suppliers_list", c.year(most)...)
	if err != nil {
		return view.Block{}, err
	}
	list := page.Months(c.AsOf, months)
	course, err := c.rows(ctx, "suppliers_course", page.ISO(list[0]), page.ISO(c.AsOf))
	if err != nil {
		return view.Block{}, err
	}
	at := map[string]int{}
	for i, m := range list {
		at[m.Format("2006-01")] = i
	}
	trends := map[int64][]view.Value{}
	for _, row := range course {
		key := page.Whole(row[0])
		if trends[key] == nil {
			trends[key] = make([]view.Value, months)
		}
		if i, ok := at[month(row[1]).Format("2006-01")]; ok {
			trends[key][i] = page.Value(row[2])
		}
	}
	money := column(rows, 9)
	t := c.table("suppliers", c.wide("supplier"), c.count("lines"), c.days("p50"), c.days("p90"), view.Column{Label: c.T("flow.col.leadtrend"), Visual: view.Spark, Months: page.Names(c.Lang, list)}, c.share("supplied"), c.share("fill"), c.share("shortrate"), c.share("damagedrate"),
		seen(c.money("cost", money...), view.Share), c.money("variance", column(rows, 10)...), c.money("margin", column(rows, 11)...), c.word("finding"))
	for _, row := range rows {
		trend := trends[page.Whole(row[0])]
		if trend == nil {
			trend = make([]view.Value, months)
		}
		cells := []view.Value{c.Linked(c.supplier(row[1]), "publisher.name", fmt.Sprint(page.Whole(row[0]))), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), {Kind: view.Trend, Trend: trend}}
		cells = append(cells, values(row, 5, 12)...)
		t.Rows = append(t.Rows, view.Row{Cells: append(cells, view.T(c.flags(page.Text(row[12]))))})
	}
	return view.Block{Table: t}, nil
}

// flags names what is out of control with a supplier.
func (c desk) flags(list string) string {
	if list == "" {
		return ""
	}
	parts := strings.Split(list, ", ")
	for i, f := range parts {
		parts[i] = c.T("flow.flag." + f)
	}
	return strings.Join(parts, c.T("flow.comma"))
}

// supplierAlarms are the runs out of control; out names those that still are.
func (c desk) supplierAlarms(ctx context.Context) (t *view.Table, out []string, err error) {
	const most, named = 15, 4
	pct := view.Pct().Bare()
	t = c.table("alarms", c.wide("supplier"), c.word("alarm"), c.day("began"), c.day("alarmed"), c.day("ended"), view.Column{Label: c.T("flow.col.usual"), Unit: "%", Format: pct}, view.Column{Label: c.T("flow.col.level"), Unit: "%", Format: pct}, c.count("cases"))
	known, err := c.Known(ctx, "score", "supplier_alarm")
	if err != nil || !known {
		return t, nil, err
	}
	rows, err := c.rows(ctx, "suppliers_alarms", page.ISO(c.AsOf.AddDate(-1, 0, 0)), most)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows {
		measure, ended := page.Text(row[1]), page.Value(row[4])
		if ended.Kind != view.Date && len(out) < named {
			out = append(out, c.T("flow.flagged", "supplier", c.supplier(row[0]).Text, "flag", c.T("flow.flag."+measure), "since", view.MonthName(c.Lang, month(row[2]))))
		}
		usual, level := page.Value(row[5]), page.Value(row[6])
		if measure == "slow" { // logarithms of days beside those of all
			usual, level = view.N(expm1(usual.Float)), view.N(expm1(level.Float))
			signed := pct.Change()
			usual.Format, level.Format = &signed, &signed
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.supplier(row[0]), view.T(c.T("flow.flag." + measure)), page.Value(row[2]), page.Value(row[3]), ended, usual, level, page.Value(row[7])}})
	}
	return t, out, nil
}

// supplierReturns is what went back to suppliers, and its value now and before.
func (c desk) supplierReturns(ctx context.Context) (*view.Table, [2]view.Value, error) {
	const most = 10
	whole := [2]view.Value{}
	known, err := c.Known(ctx, "core", "fact_return")
	if err != nil || !known {
		return c.table("sentback"), whole, err
	}
	rows, err := c.rows(ctx, "suppliers_returns", append(c.years(), most)...)
	if err != nil {
		return nil, whole, err
	}
	t := c.table("sentback", c.wide("supplier"), c.count("copies"), c.money("value", append(column(rows, 2), column(rows, 4)...)...), c.count("copiesbefore"), c.money("valuebefore", append(column(rows, 2), column(rows, 4)...)...))
	sums := make([]view.Value, 4)
	for i := range sums {
		sums[i] = view.I(0)
	}
	for _, row := range rows {
		cells := values(row, 1, 5)
		for i, v := range cells {
			sums[i] = view.Sum(sums[i], v)
		}
		t.Rows = append(t.Rows, view.Row{Cells: append([]view.Value{c.supplier(row[0])}, cells...)})
	}
	if len(rows) > 0 {
		all := values(rows[0], 5, 9)
		whole = [2]view.Value{all[1], all[3]}
		rest := []view.Value{view.T(c.T("row.rest"))}
		for i, v := range all {
			rest = append(rest, view.Sub(v, sums[i]))
		}
		if len(rows) == most {
			t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: rest})
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: append([]view.Value{view.T(c.T("row.total"))}, all...)})
	}
	return t, whole, nil
}

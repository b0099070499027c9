package flow

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

// receivables answers: what is owed to us, by whom, how late, and is it getting
// better?
func receivables(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	absent := []string{"invoice", "payment", "payment_alloc"}
	known, err := c.known(ctx, "core", "fact_receivable", "fact_receivable_balance", "dim_ageing")
	if err != nil || !known {
		return c.dark("receivables", absent...), err
	}
	total, err := c.figures(ctx, "receivables_total")
	if err != nil {
		return view.Page{}, err
	}
	if total[0].Float == 0 {
		return c.dark("receivables", absent...), nil
	}
	p := c.Page("receivables")
	p.Meta = view.Meta{Measure: c.T("receivables.meta"), Unit: c.Lang.Currency(c.Currency), Period: c.T("flow.asof", "date", view.LongDate(c.Lang, c.AsOf)), Scenario: c.T("flow.scenario")}
	chart, dso, before, err := c.balanceChart(ctx)
	if err != nil {
		return p, err
	}
	ageing, err := c.ageingTable(ctx, "receivables_ageing", "ageing", "customers")
	if err != nil {
		return p, err
	}
	areas, err := c.areaTable(ctx)
	if err != nil {
		return p, err
	}
	debtors, first, err := c.debtorTable(ctx)
	if err != nil {
		return p, err
	}
	habits, err := c.habitBlocks(ctx)
	if err != nil {
		return p, err
	}
	limits, err := c.limitBlocks(ctx)
	if err != nil {
		return p, err
	}
	owed, err := c.payableBlocks(ctx)
	if err != nil {
		return p, err
	}
	p.Message = c.receivablesMessage(total, dso, before, first)
	balance := []view.Block{{KPIs: c.receivableFigures(total, dso, before)}}
	if chart != nil {
		balance = append(balance, view.Block{Chart: chart})
	}
	p.Sections = []view.Section{
		{ID: "whole", Title: c.T("receivables.whole"), Blocks: balance},
		{ID: "ageing", Title: c.T("receivables.ageing"), Lead: c.T("receivables.ageing.lead"), Blocks: []view.Block{{Width: view.Half, Table: ageing}, {Width: view.Half, Table: areas}}},
		{ID: "debtors", Title: c.T("receivables.debtors"), Lead: c.T("receivables.debtors.lead"), Blocks: []view.Block{{Table: debtors}}},
		{ID: "behaviour", Title: c.T("receivables.behaviour"), Lead: c.T("receivables.behaviour.lead"), Blocks: habits},
		{ID: "limits", Title: c.T("receivables.limits"), Lead: c.T("receivables.limits.lead"), Blocks: limits},
		{ID: "payables", Title: c.T("receivables.payables"), Lead: c.T("receivables.payables.lead"), Blocks: owed},
	}
	return p, nil
}

func (c desk) receivablesMessage(total []view.Value, dso, before view.Value, first string) view.Message {
	pairs := []string{"owed", c.Amount(total[1]), "overdue", c.Amount(total[2]), "share", c.Share(page.Zero(view.Ratio(total[2], total[1]))), "dso", c.plain(dso), "before", c.plain(before), "n", page.Count(c.Lang, int64(total[5].Float)), "names", first, "old", c.Amount(total[6])}
	m := view.Message{Finding: c.T("receivables.text.plain", pairs...), Consequence: c.T("receivables.so.none", pairs...)}
	switch {
	case total[1].Float == 0:
		m.Finding = c.T("receivables.text.none")
	case dso.Has() && before.Has():
		key := "receivables.text.same"
		if d := view.Sub(dso, before).Float; d >= .5 {
			key = "receivables.text.longer"
		} else if d <= -.5 {
			key = "receivables.text.shorter"
		}
		m.Finding = c.T(key, pairs...)
	case dso.Has():
		m.Finding = c.T("receivables.text", pairs...)
	}
	if first != "" {
		m.Consequence = c.T("receivables.so", pairs...)
	}
	return m
}

func (c desk) receivableFigures(total []view.Value, dso, before view.Value) *view.KPIRow {
	row := &view.KPIRow{ID: "receivables-data", Title: c.T("receivables.whole")}
	format, unit := c.Money(total[1])
	c.kpi(row, "owed", total[1], view.Value{}, format, unit, -1, "n", page.Count(c.Lang, int64(total[3].Float)))
	format, unit = c.Money(total[2])
	c.kpi(row, "late", total[2], view.Value{}, format, unit, -1, "n", page.Count(c.Lang, int64(total[4].Float)))
	c.kpi(row, "lateshare", view.Ratio(total[2], total[1]), view.Value{}, view.Pct(), "", -1)
	c.kpi(row, "dso", dso, before, view.Integer(), c.T("flow.days"), -1)
	format, unit = c.Money(total[6])
	c.kpi(row, "old", total[6], view.Value{}, format, unit, -1)
	return row
}

// balanceChart is the days of sales outstanding by month beside those of the year
// before; dso and before are the latest ones.
func (c desk) balanceChart(ctx context.Context) (ch *view.Chart, dso, before view.Value, err error) {
	const n = 12
	months := page.Months(c.AsOf, 2*n)
	rows, err := c.rows(ctx, "receivables_months", page.ISO(months[0]), page.ISO(c.AsOf))
	if err != nil || len(rows) == 0 {
		return nil, dso, before, err
	}
	at := map[string]int{}
	for i, m := range months {
		at[m.Format("2006-01")] = i
	}
	type balance struct{ open, overdue, dso view.Value }
	all := make([]balance, 2*n)
	for _, row := range rows {
		if i, ok := at[month(row[0]).Format("2006-01")]; ok {
			all[i] = balance{page.Value(row[1]), page.Value(row[2]), page.Value(row[4])}
		}
	}
	dso, before = all[2*n-1].dso, all[n-1].dso
	days := view.Integer()
	ch = &view.Chart{ID: "dso", Kind: view.Lines, Title: c.T("chart.dso"), Subtitle: c.T("chart.dso.sub"), Format: days, Better: -1, Categories: page.Ticks(c.Lang, months[n:])}
	open := make([]view.Value, 0, 2*n)
	for _, b := range all {
		open = append(open, b.open)
	}
	ch.Table = *c.table("dso-months", c.word("month"), c.days("dso"), c.days("dsobefore"), c.money("open", open...), c.money("late", open...), c.share("lateshare"))
	now, then := make([]view.Value, n), make([]view.Value, n)
	for i := range n {
		b := all[n+i]
		now[i], then[i] = b.dso, all[i].dso
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{view.T(view.MonthName(c.Lang, months[n+i])), now[i], then[i], b.open, b.overdue, view.Ratio(b.overdue, b.open)}})
	}
	ch.Series = []view.Series{{Name: c.T("flow.series.dso"), Role: view.AC, Values: now}}
	for _, v := range then {
		if v.Has() {
			ch.Series = append(ch.Series, view.Series{Name: c.T("flow.series.before"), Role: view.PY, Values: then})
			break
		}
	}
	return ch, dso, before, nil
}

// ageingTable is what is open by how long it is overdue; who are the others side.
func (c desk) ageingTable(ctx context.Context, sql, id, who string) (*view.Table, error) {
	rows, err := c.rows(ctx, sql)
	if err != nil {
		return nil, err
	}
	sum, owed, invoices := view.I(0), view.I(0), view.I(0)
	for _, row := range rows {
		v := page.Zero(page.Value(row[4]))
		sum, invoices = view.Sum(sum, v), view.Sum(invoices, page.Value(row[2]))
		if v.Float > 0 {
			owed = view.Sum(owed, v)
		}
	}
	t := c.table(id, c.word("ageing"), c.count("invoices"), c.count(who), seen(c.money("open", owed), view.Share), c.share("ageshare"))
	for _, row := range rows {
		v := page.Zero(page.Value(row[4]))
		share := view.Value{}
		if v.Float > 0 {
			share = view.Ratio(v, owed)
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1]))), page.Value(row[2]), page.Value(row[3]), v, share}})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), invoices, {}, sum, {}}})
	}
	return t, nil
}

func (c desk) areaTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.rows(ctx, "receivables_areas")
	if err != nil {
		return nil, err
	}
	open, late := view.I(0), view.I(0)
	for _, row := range rows {
		open, late = view.Sum(open, page.Value(row[2])), view.Sum(late, page.Zero(page.Value(row[3])))
	}
	t := c.table("areas", c.word("area"), c.money("open", open), seen(c.money("late", open), view.Share), c.share("lateshare"), c.count("latecustomers"))
	for _, row := range rows {
		area := c.Area(row[0], row[1])
		if area.Kind != view.Text {
			area = view.T(c.T("member.unknown"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{area, page.Value(row[2]), page.Zero(page.Value(row[3])), view.Ratio(page.Zero(page.Value(row[3])), page.Value(row[2])), page.Value(row[4])}})
	}
	if len(rows) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), open, late, view.Ratio(late, open), {}}})
	}
	return t, nil
}

// debtorTable are the customers with most overdue; first names the first three.
func (c desk) debtorTable(ctx context.Context) (t *view.Table, first string, err error) {
	const most, named = 20, 3
	rows, err := c.rows(ctx, "receivables_customers", most)
	if err != nil {
		return nil, "", err
	}
	money := column(rows, 5)
	t = c.table("debtors", c.wide("customer"), c.word("type"), c.word("area"), seen(c.money("late", money...), view.Share), c.money("open", money...), c.count("lateinvoices"), c.days("oldest"), c.money("limit", column(rows, 9)...))
	sum := view.I(0)
	var names []string
	for i, row := range rows {
		if i < named {
			names = append(names, c.T("receivables.name", "name", c.name(row).Text, "value", c.Amount(page.Value(row[6]))))
		}
		sum = view.Sum(sum, page.Value(row[6]))
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.name(row), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[6]), page.Value(row[5]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9])}})
	}
	if len(rows) > 0 {
		all, n := page.Value(rows[0][10]), int(page.Whole(rows[0][11]))
		if n > len(rows) {
			t.Rows = append(t.Rows, view.Row{Kind: view.Others, Cells: []view.Value{view.T(c.T("row.others", "n", fmt.Sprint(n-len(rows)))), {}, {}, view.Sub(all, sum), {}, {}, {}, {}}})
		}
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), {}, {}, all, {}, {}, {}, {}}})
	}
	return t, join(names, c.T("flow.comma")), nil
}

// habitBlocks are how customers pay, and whether that changes.
func (c desk) habitBlocks(ctx context.Context) ([]view.Block, error) {
	rows, err := c.rows(ctx, "receivables_types", c.years()...)
	if err != nil {
		return nil, err
	}
	money := column(rows, 6)
	t := c.table("habits", c.word("type"), c.count("settled"), c.days("pay50"), c.days("paybefore"), c.days("pay90"), c.share("paidlate"), c.money("open", money...), c.money("late", money...))
	for _, row := range rows {
		kind := c.KindOf(row[0])
		if kind.Kind != view.Text {
			kind = view.T(c.T("member.unknown"))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{kind, page.Value(row[1]), page.Value(row[2]), page.Value(row[4]), page.Value(row[3]), page.Value(row[5]), page.Value(row[6]), page.Zero(page.Value(row[7]))}})
	}
	process, charts, err := c.controls(ctx, "paycontrol", "paid_late")
	if err != nil {
		return nil, err
	}
	blocks := []view.Block{{Table: t}}
	if len(charts[0].months) > 0 {
		blocks = append(blocks, view.Block{Table: process})
	}
	return blocks, nil
}

func (c desk) limitBlocks(ctx context.Context) ([]view.Block, error) {
	const most = 15
	rows, err := c.rows(ctx, "receivables_limits", most)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return []view.Block{{Note: &view.Note{Text: c.T("receivables.limits.none")}}}, nil
	}
	n, over := page.Count(c.Lang, page.Whole(rows[0][6])), page.Count(c.Lang, page.Whole(rows[0][7]))
	money := append(column(rows, 3), column(rows, 4)...)
	t := c.table("creditlimits", c.wide("customer"), c.word("type"), c.money("open", money...), c.money("limit", money...), seen(c.share("used"), view.Share))
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: append([]view.Value{c.name(row), c.KindOf(row[2])}, values(row, 3, 6)...)})
	}
	key := "receivables.limits.within"
	if page.Whole(rows[0][7]) > 0 {
		key = "receivables.limits.over"
	}
	note := view.Block{Note: &view.Note{Text: c.T(key, "n", over, "of", n, "value", c.Amount(page.Zero(page.Value(rows[0][8]))))}}
	return []view.Block{note, {Table: t}}, nil
}

// payableBlocks are what we owe ourselves.
func (c desk) payableBlocks(ctx context.Context) ([]view.Block, error) {
	known, err := c.Known(ctx, "core", "fact_payable")
	if err != nil || !known {
		return []view.Block{c.absent("receivables.payables", "supplier_invoice", "supplier_payment")}, err
	}
	total, err := c.figures(ctx, "payables_total", c.year()...)
	if err != nil {
		return nil, err
	}
	if total[0].Float == 0 {
		return []view.Block{c.absent("receivables.payables", "supplier_invoice", "supplier_payment")}, nil
	}
	row := &view.KPIRow{ID: "payables-data", Title: c.T("receivables.payables")}
	none := view.Value{}
	format, unit := c.Money(total[1])
	c.kpi(row, "weowe", total[1], none, format, unit, 0)
	format, unit = c.Money(total[2])
	c.kpi(row, "welate", total[2], none, format, unit, -1)
	dpo := view.Value{}
	if total[5].Has() && total[5].Float > 0 {
		dpo = view.N(total[1].Float / total[5].Float * 90)
	}
	c.kpi(row, "dpo", dpo, none, view.Integer(), c.T("flow.days"), 0)
	c.kpi(row, "wepay", total[3], none, view.Integer(), c.T("flow.days"), 0)
	c.kpi(row, "wepaylate", total[4], none, view.Pct(), "", -1)
	t, err := c.ageingTable(ctx, "payables_ageing", "payableageing", "suppliers")
	return []view.Block{{KPIs: row}, {Width: view.Half, Table: t}}, err
}

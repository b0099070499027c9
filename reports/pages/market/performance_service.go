package market

import (
	"context"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// serviceBlocks are the service by tier, suppliers and stages out of control, and
// partners.
func (c desk) serviceBlocks(ctx context.Context) ([]view.Block, error) {
	var blocks []view.Block
	for _, part := range []struct {
		needs string
		table func(context.Context) (*view.Table, error)
		width view.Width
	}{
		{"customer_service", c.tierTable, view.Full}, {"supplier_alarm", c.supplierTable, view.Half}, {"stage_alarm", c.stageTable, view.Half}, {"partner", c.partnerTable, view.Full},
	} {
		known, err := c.Known(ctx, "score", part.needs)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		t, err := part.table(ctx)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, view.Block{Width: part.width, Table: t})
	}
	if len(blocks) == 0 {
		blocks = append(blocks, view.Block{Absent: &view.Absent{Title: c.T("performance.service"), Text: c.T("performance.service.absent"), Tables: []string{"order_line_stage_event", "purchase_line", "ticket", "invoice"}}})
	}
	return blocks, nil
}

var serviceMeasures = []string{"customers", "lines_due", "on_time", "otif", "fill_rate", "return_rate", "complaints", "late_share", "dso"}

// tierTable tells whether the large get better service than the small.
func (c desk) tierTable(ctx context.Context) (*view.Table, error) {
	pct := view.Pct().Bare()
	t := &view.Table{ID: "service-tiers", Title: c.T("performance.tiers"), Subtitle: c.T("performance.tiers.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("performance.tiers.foot")},
		Columns: []view.Column{{Label: c.T("col.tier")}}}
	for _, m := range serviceMeasures {
		column := view.Column{Label: c.T("performance.service." + m), Unit: "%", Format: pct, Total: "≠"}
		if m == "customers" || m == "lines_due" || m == "complaints" || m == "dso" {
			column.Unit, column.Format = "", view.Integer()
		}
		t.Columns = append(t.Columns, column)
	}
	list, err := c.Members(ctx, "customer.tier", cube.Query{Cube: "customer_service", Rows: []string{"customer.tier"}, Measures: serviceMeasures})
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		cells := []view.Value{view.T(m.Label)}
		for _, name := range serviceMeasures {
			cells = append(cells, m.Values[name])
		}
		t.Rows = append(t.Rows, view.Row{Cells: cells})
	}
	return t, nil
}

func (c desk) supplierTable(ctx context.Context) (*view.Table, error) {
	n, date, two := view.Integer(), view.Format{Style: view.DayDate}, view.Format{Style: view.Decimal, Decimals: 3}
	t := &view.Table{ID: "suppliers", Title: c.T("performance.suppliers"), Subtitle: c.T("performance.suppliers.sub"), Empty: c.T("performance.suppliers.none"), Footnotes: []string{c.T("performance.suppliers.foot")},
		Columns: []view.Column{{Label: c.T("performance.col.supplier")}, {Label: c.T("performance.col.finding")}, {Label: c.T("performance.col.sincewhen"), Format: date}, {Label: c.T("performance.col.usual"), Format: two},
			{Label: c.T("performance.col.level"), Format: two}, {Label: c.T("performance.col.lines"), Format: n}, {Label: c.T("performance.col.lead"), Format: n}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_suppliers")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(page.Text(row[0])), view.T(c.T("performance.flag." + page.Text(row[1]))), page.Value(row[2]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7])}})
		return nil
	})
	return t, err
}

func (c desk) stageTable(ctx context.Context) (*view.Table, error) {
	days := view.Format{Style: view.Decimal, Decimals: 1}
	t := &view.Table{ID: "stages", Title: c.T("performance.stages"), Subtitle: c.T("performance.stages.sub"), Empty: c.T("performance.stages.none"),
		Columns: []view.Column{{Label: c.T("performance.col.stage")}, {Label: c.T("col.month")}, {Label: c.T("performance.col.lines"), Format: view.Integer()}, {Label: c.T("performance.col.days"), Format: days},
			{Label: c.T("performance.col.usual"), Format: days}, {Label: c.T("performance.col.high"), Format: days}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_stages")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.InLanguage(page.Text(row[0]), page.Text(row[1]))), view.T(page.Text(row[2])[:7]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6])}})
		return nil
	})
	return t, err
}

// partnerTable ranks the partners by sell-in and by what they kept.
func (c desk) partnerTable(ctx context.Context) (*view.Table, error) {
	const most = 15
	var rows [][]any
	largest := view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("performance_partners"), most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		if v := page.Zero(page.Value(row[5])); v.Float > largest.Float {
			largest = v
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	n, pct := view.Integer(), view.Pct().Bare()
	t := &view.Table{ID: "partners", Title: c.T("performance.partners"), Subtitle: c.T("performance.where.sub", "unit", unit), Empty: c.T("performance.partners.none"), Footnotes: []string{c.T("performance.partners.foot")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("performance.col.sellin"), Format: n}, {Label: c.T("performance.col.kept"), Format: n}, {Label: c.T("performance.col.net"), Unit: unit, Format: format},
			{Label: c.T("performance.col.returned"), Unit: unit, Format: format}, {Label: c.T("performance.col.after"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("performance.col.rate"), Unit: "%", Format: pct},
			{Label: c.T("performance.col.rate.before"), Unit: "%", Format: pct}, {Label: c.T("performance.col.finding")}}}
	for _, row := range rows {
		finding := ""
		switch page.Text(row[10]) {
		case "returns rising":
			finding = c.T("performance.flag.rising")
		case "returns high":
			finding = c.T("performance.flag.high")
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]),
			page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), view.T(finding)}})
	}
	return t, err
}

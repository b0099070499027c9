package value

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// worth is what the customers together are expected to bring.
type worth struct {
	customers, valued           int64
	judged                      int64 // of whom it is told how likely they are still customers
	value, sales, alive, orders view.Value
	card                        map[string]figure
	weeks                       int64 // of the time held out
}

// figure is a metric or a parameter of a card.
type figure struct {
	value view.Value
	words string
}

// holdStep is a step of the time held out.
type holdStep struct {
	end                     time.Time
	actual, expected, naive view.Value
}

// clv answers: what are customers still worth, and can the answer be trusted?
func clv(ctx context.Context, k *page.Context) (view.Page, error) {
	c := desk{k}
	p := c.Page("clv")
	w, err := c.readWorth(ctx)
	if err != nil {
		return p, err
	}
	if w.customers == 0 {
		p.Message = view.Message{Finding: c.T("clv.unknown"), Consequence: c.T("clv.unknown.so")}
		p.Sections = []view.Section{{ID: "absent", Title: p.Title, Blocks: []view.Block{{Absent: &view.Absent{
			Title: c.T("page.clv"), Text: c.T("clv.absent"), Tables: []string{"order_header", "order_line", "customer"}}}}}}
		return p, nil
	}
	steps, err := c.readCourse(ctx)
	if err != nil {
		return p, err
	}
	tenths, share, err := c.tenthsTable(ctx)
	if err != nil {
		return p, err
	}
	bands, err := c.bandsTable(ctx)
	if err != nil {
		return p, err
	}
	top, err := c.topTable(ctx)
	if err != nil {
		return p, err
	}
	alive, err := c.aliveBlock(ctx, w)
	if err != nil {
		return p, err
	}
	months := w.card["horizon_months"].words
	p.Meta = view.Meta{Measure: c.T("clv.meta", "months", months), Unit: c.Lang.Currency(c.Currency), Period: c.T("loyalty.period", "date", view.LongDate(c.Lang, c.AsOf))}
	p.Message = c.worthMessage(w, steps, share, months)
	p.Sections = []view.Section{
		{ID: "worth", Title: c.T("clv.worth"), Lead: c.T("clv.worth.lead"), Blocks: []view.Block{{KPIs: c.worthFigures(w, share, months)}}},
		c.trialSection(w, steps),
		{ID: "spread", Title: c.T("clv.spread"), Lead: c.T("clv.spread.lead"), Blocks: []view.Block{{Width: view.Half, Table: tenths}, {Width: view.Half, Table: bands}}},
		{ID: "top", Title: c.T("clv.top"), Lead: c.T("clv.top.lead"), Blocks: []view.Block{{Table: top}}},
		{ID: "alive", Title: c.T("clv.alive"), Lead: c.T("clv.alive.lead"), Blocks: []view.Block{alive}},
		c.choiceSection(w),
	}
	return p, nil
}

// readWorth reads the sums of score.clv and the card; no customers without them.
func (c desk) readWorth(ctx context.Context) (worth, error) {
	w := worth{card: map[string]figure{}}
	if known, err := c.Known(ctx, "score", "clv"); err != nil || !known {
		return w, err
	}
	row, err := engine.One(ctx, c.DB, engine.SQL(statement("clv_known")))
	if err != nil {
		return w, err
	}
	w.customers, w.valued = page.Whole(row[0]), page.Whole(row[1])
	w.value, w.sales, w.alive, w.orders = page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5])
	w.judged = page.Whole(row[6])
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("clv_card")), func(row []any) error {
		w.card[page.Text(row[0])] = figure{page.Value(row[1]), c.InLanguage(page.Text(row[2]), page.Text(row[3]))}
		return nil
	})
	if until, parse := time.Parse(time.DateOnly, w.card["backtest.calibration_until"].words); parse == nil {
		w.weeks = int64(c.AsOf.Sub(until).Hours()/24+3) / 7
	}
	return w, err
}

func (c desk) readCourse(ctx context.Context) ([]holdStep, error) {
	if known, err := c.Known(ctx, "score", "clv_holdout"); err != nil || !known {
		return nil, err
	}
	var steps []holdStep
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("clv_course")), func(row []any) error {
		end, _ := row[1].(time.Time)
		steps = append(steps, holdStep{end, page.Value(row[2]), page.Value(row[3]), page.Value(row[4])})
		return nil
	})
	return steps, err
}

// worthMessage says what is to come, who holds it, and how such a forecast did.
func (c desk) worthMessage(w worth, steps []holdStep, share view.Value, months string) view.Message {
	var m view.Message
	switch {
	case w.valued == 0:
		m.Finding = c.T("clv.text.sales", "n", page.Count(c.Lang, w.customers), "months", months, "sales", c.Amount(w.sales))
	case share.Has():
		m.Finding = c.T("clv.text", "n", page.Count(c.Lang, w.valued), "months", months, "value", c.Amount(w.value), "share", c.Share(share))
	default:
		m.Finding = c.T("clv.text.few", "n", page.Count(c.Lang, w.valued), "months", months, "value", c.Amount(w.value))
	}
	if bias := w.card["backtest.bias"].value; len(steps) > 0 && bias.Has() {
		m.Consequence = c.T("clv.so", "weeks", page.Count(c.Lang, w.weeks), "expected", c.Rounded(w.card["backtest.expected"].value), "actual", c.Rounded(w.card["backtest.actual"].value),
			"bias", c.SignedShare(bias), "naive", c.SignedShare(w.card["backtest.naive_bias"].value))
	} else {
		m.Consequence = c.T("clv.so.untested")
	}
	return m
}

func (c desk) worthFigures(w worth, share view.Value, months string) *view.KPIRow {
	row := &view.KPIRow{ID: "clv-data", Title: c.T("clv.worth")}
	add := func(key string, v view.Value, f view.Format, unit, note string) {
		row.Items = append(row.Items, view.KPI{Label: c.T("clv.kpi." + key), Value: v, Format: f, Unit: unit, Note: note, Better: 1})
	}
	format, unit := c.Money(w.value)
	value := w.value
	if w.valued == 0 {
		value = view.NA()
	}
	add("value", value, format, unit, c.T("clv.kpi.value.note", "months", months))
	format, unit = c.Money(w.sales)
	add("sales", w.sales, format, unit, c.T("clv.kpi.value.note", "months", months))
	add("orders", w.orders, view.Integer(), "", c.T("clv.kpi.orders.note", "months", months))
	if w.judged > 0 {
		add("alive", w.alive, view.Integer(), "", c.T("clv.kpi.alive.note", "n", page.Count(c.Lang, w.judged)))
	} else {
		add("alive", view.NA(), view.Integer(), "", c.T("clv.kpi.alive.unknown"))
	}
	add("share", share, view.Pct(), "", c.T("clv.kpi.share.note"))
	bias := w.card["backtest.bias"].value
	if !bias.Has() {
		bias = view.NA()
	}
	row.Items = append(row.Items, view.KPI{Label: c.T("clv.kpi.bias"), Value: bias, Format: view.Pct().Change(), Note: c.T("clv.kpi.bias.note")})
	return row
}

// tenthsTable is the value by tenths of the customers, and the share of the first.
func (c desk) tenthsTable(ctx context.Context) (*view.Table, view.Value, error) {
	type tenth struct {
		no, customers             int64
		least, most, value, alive view.Value
	}
	var list []tenth
	total, n, largest := view.I(0), int64(0), view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("clv_tenths")), func(row []any) error {
		t := tenth{page.Whole(row[0]), page.Whole(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5])}
		list, n, total = append(list, t), n+t.customers, view.Sum(total, t.value)
		if t.value.Float > largest.Float {
			largest = t.value
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	each, eachUnit := view.Integer(), c.Lang.Currency(c.Currency)
	pct := view.Pct().Bare()
	t := &view.Table{ID: "clv-tenths", Title: c.T("clv.tenths"), Subtitle: c.T("clv.tenths.sub"), Empty: c.T("clv.unvalued"),
		Columns: []view.Column{{Label: c.T("clv.tenth")}, {Label: c.T("col.customers"), Format: view.Integer()}, {Label: c.T("clv.least"), Unit: eachUnit, Format: each},
			{Label: c.T("clv.kpi.alive.mean"), Unit: "%", Format: pct}, {Label: c.T("clv.value"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("clv.cumulated"), Unit: "%", Format: pct}}}
	share, sum := view.NA(), view.I(0)
	for i, x := range list {
		sum = view.Sum(sum, x.value)
		held := view.Ratio(sum, total)
		if i == 0 && n >= 10 && total.Float > 0 {
			share = held
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("clv.tenth.name", "n", fmt.Sprint(x.no))), view.I(x.customers), x.least, x.alive, x.value, held}})
	}
	if len(list) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(n), {}, {}, total, {}}})
	}
	return t, share, err
}

// bandsTable is how many customers are worth how much.
func (c desk) bandsTable(ctx context.Context) (*view.Table, error) {
	t := &view.Table{ID: "clv-bands", Title: c.T("clv.bands"), Subtitle: c.T("clv.bands.sub"), Empty: c.T("clv.unvalued")}
	type band struct {
		no, customers    int64
		low, high, value view.Value
	}
	var list []band
	n, total, largest := int64(0), view.I(0), view.I(0)
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("clv_bands")), func(row []any) error {
		b := band{page.Whole(row[0]), page.Whole(row[3]), page.Value(row[1]), page.Value(row[2]), page.Value(row[4])}
		list, n, total = append(list, b), n+b.customers, view.Sum(total, b.value)
		if b.value.Float > largest.Float {
			largest = b.value
		}
		return nil
	})
	format, unit := c.TableMoney(largest)
	t.Columns = []view.Column{{Label: c.T("clv.band")}, {Label: c.T("col.customers"), Format: view.Integer(), Visual: view.Share}, {Label: c.T("clv.value"), Unit: unit, Format: format}}
	for _, b := range list {
		name := c.T("clv.band.name", "low", view.Figure(c.Lang, b.low.Float, 0, false), "high", view.Figure(c.Lang, b.high.Float, 0, false))
		switch {
		case b.no == 0:
			name = c.T("clv.band.none")
		case b.no == 1:
			name = c.T("clv.band.least", "high", view.Figure(c.Lang, b.high.Float, 0, false))
		case b.high.Float > 1e17:
			name = c.T("clv.band.most", "low", view.Figure(c.Lang, b.low.Float, 0, false))
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), view.I(b.customers), b.value}})
	}
	if len(list) > 0 {
		t.Rows = append(t.Rows, view.Row{Kind: view.Total, Cells: []view.Value{view.T(c.T("row.total")), view.I(n), total}})
	}
	return t, err
}

// topTable lists the customers of the highest value with what they will order.
func (c desk) topTable(ctx context.Context) (*view.Table, error) {
	const most = 15
	var rows [][]any
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("clv_top"), most), func(row []any) error {
		rows = append(rows, append([]any(nil), row...))
		return nil
	})
	largest := view.I(0)
	if len(rows) > 0 {
		largest = page.Value(rows[0][14])
	}
	format, unit := c.TableMoney(largest)
	day, one := view.Format{Style: view.DayDate}, view.Format{Style: view.Decimal, Decimals: 1}
	mean, meanUnit := view.Integer(), c.Lang.Currency(c.Currency)
	t := &view.Table{ID: "clv-top", Title: c.T("clv.top.table"), Subtitle: c.T("clv.top.sub"), Empty: c.T("clv.unvalued"),
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("col.lastorder"), Format: day},
			{Label: c.T("loyalty.alive"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("clv.orders"), Format: one, Visual: view.Interval}, {Label: c.T("clv.low"), Format: view.Integer()}, {Label: c.T("clv.high"), Format: view.Integer()},
			{Label: c.T("clv.next"), Format: day}, {Label: c.T("clv.late"), Format: day}, {Label: c.T("clv.mean"), Unit: meanUnit, Format: mean}, {Label: c.T("clv.value"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]),
			page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), page.Value(row[12]), page.Value(row[13]), page.Value(row[14])}})
	}
	if len(rows) > 0 {
		t.Footnotes = []string{c.T("clv.top.foot"), c.T("foot.privacy")}
	}
	return t, err
}

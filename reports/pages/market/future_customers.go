package market

import (
	"context"
	"fmt"
	"time"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// projectionSection is the number of customers to come.
func (c desk) projectionSection(ctx context.Context, o *outlook) (view.Section, error) {
	s := view.Section{ID: "customers-to-come", Title: c.T("future.customers"), Lead: c.T("future.customers.lead")}
	var active, won band
	total := 0.0
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_customers")), func(row []any) error {
		month, _ := row[0].(time.Time)
		if projected, _ := row[1].(bool); projected {
			active.add(month, view.Value{}, page.Value(row[5]), page.Value(row[6]), page.Value(row[7]))
			won.add(month, view.Value{}, page.Value(row[2]), page.Value(row[3]), page.Value(row[4]))
			o.active, o.lowest, o.highest = page.Value(row[5]), page.Value(row[6]), page.Value(row[7])
			total += page.Value(row[2]).Float
			o.won = view.N(total)
			return nil
		}
		active.add(month, page.Value(row[5]), view.Value{}, view.Value{}, view.Value{})
		won.add(month, page.Value(row[2]), view.Value{}, view.Value{}, view.Value{})
		o.today = page.Value(row[5])
		return nil
	})
	if err != nil {
		return s, err
	}
	reading, err := c.readingOf(ctx, "acquisition")
	if err != nil {
		return s, err
	}
	s.Blocks = []view.Block{{Note: &view.Note{Text: reading}}}
	if !o.active.Has() {
		return s, nil
	}
	a := c.bandChart("active-to-come", c.T("future.active"), c.T("future.active.sub"), active, view.Integer(), "")
	a.Insight = c.T("future.active.text", "n", page.Count(c.Lang, whole(o.active)), "low", page.Count(c.Lang, whole(o.lowest)), "high", page.Count(c.Lang, whole(o.highest)))
	w := c.bandChart("won-to-come", c.T("future.won"), c.T("future.won.sub"), won, view.Integer(), "")
	w.Insight = c.T("future.won.text", "n", page.Count(c.Lang, whole(o.won)))
	t, err := c.cohortTable(ctx)
	s.Blocks = append(s.Blocks, view.Block{Width: view.Half, Chart: a}, view.Block{Width: view.Half, Chart: w}, view.Block{Table: t})
	return s, err
}

func whole(v view.Value) int64 { return int64(v.Float + 0.5) }

// readingOf is what the card of a model says; empty without a card.
func (c desk) readingOf(ctx context.Context, model string) (reading string, err error) {
	err = engine.Rows(ctx, c.DB, engine.SQL(statement("future_reading"), model), func(row []any) error {
		reading = c.InLanguage(page.Text(row[0]), page.Text(row[1]))
		return nil
	})
	return reading, err
}

func (c desk) cohortTable(ctx context.Context) (*view.Table, error) {
	n := view.Integer()
	t := &view.Table{ID: "cohorts-to-come", Title: c.T("future.cohorts"), Subtitle: c.T("future.cohorts.sub"), Empty: c.T("table.empty"), Footnotes: []string{c.T("future.cohorts.foot")},
		Columns: []view.Column{{Label: c.T("future.year")}, {Label: c.T("future.now"), Format: n}, {Label: c.T("future.later"), Format: n, Visual: view.Share}, {Label: c.T("future.low"), Format: n}, {Label: c.T("future.high"), Format: n}}}
	err := engine.Rows(ctx, c.DB, engine.SQL(statement("future_cohorts")), func(row []any) error {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(fmt.Sprint(page.Whole(row[0]))), page.Value(row[1]), page.Value(row[2]), page.Value(row[3]), page.Value(row[4])}})
		return nil
	})
	return t, err
}

// walletSection is who spends little of its money with us, and what it does not buy.
func (c desk) walletSection(ctx context.Context, o *outlook) (view.Section, error) {
	s := view.Section{ID: "wallet", Title: c.T("future.wallet"), Lead: c.T("future.wallet.lead")}
	reading, err := c.readingOf(ctx, "wallet")
	if err != nil {
		return s, err
	}
	s.Blocks = []view.Block{{Note: &view.Note{Text: reading}}}
	for _, make := range []func(context.Context, *outlook) (*view.Table, error){c.lowTable, c.wantedTable, c.whitespaceTable} {
		t, err := make(ctx, o)
		if err != nil {
			return s, err
		}
		s.Blocks = append(s.Blocks, view.Block{Table: t})
	}
	return s, nil
}

// shown says how many of all rows a table lists, where it leaves some out.
func (c desk) shown(rows int, every int64) string {
	if every <= int64(rows) {
		return ""
	}
	return c.T("future.shown", "n", fmt.Sprint(rows), "of", page.Count(c.Lang, every))
}

// read collects the rows of a statement; the last column of each is the number of
// all rows.
func (c desk) read(ctx context.Context, name string, most int) (rows [][]any, every int64, err error) {
	err = engine.Rows(ctx, c.DB, engine.SQL(statement(name), most), func(row []any) error {
		rows, every = append(rows, append([]any(nil), row...)), page.Whole(row[len(row)-1])
		return nil
	})
	return rows, every, err
}

// column are the values of a column.
func column(rows [][]any, k int) []view.Value {
	var out []view.Value
	for _, row := range rows {
		out = append(out, page.Value(row[k]))
	}
	return out
}

func (c desk) lowTable(ctx context.Context, o *outlook) (*view.Table, error) {
	rows, every, err := c.read(ctx, "future_low", 30)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 6)...)
	t := &view.Table{ID: "wallet-low", Title: c.T("future.low.title"), Subtitle: c.T("future.low.sub"), Empty: c.T("future.low.none"), Shown: c.shown(len(rows), every), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("future.sales"), Unit: unit, Format: format}, {Label: c.T("future.budget"), Unit: unit, Format: format},
			{Label: c.T("future.share"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.potential"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("loyalty.alive"), Unit: "%", Format: view.Pct().Bare()}}}
	for i, row := range rows {
		name := c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))
		if i < 3 {
			if i > 0 {
				o.names += c.T("list.comma")
			}
			o.names += name
		}
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(name), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9])}})
	}
	o.low = every
	return t, nil
}

func (c desk) wantedTable(ctx context.Context, _ *outlook) (*view.Table, error) {
	rows, every, err := c.read(ctx, "future_wanted", 15)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 6)...)
	small, smallUnit := c.TableMoney(append(column(rows, 9), column(rows, 10)...)...)
	t := &view.Table{ID: "wallet-wanted", Title: c.T("future.wanted"), Subtitle: c.T("future.wanted.sub"), Empty: c.T("table.empty"), Shown: c.shown(len(rows), every),
		Footnotes: []string{c.T("future.wanted.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("head.customer.type")}, {Label: c.T("head.region.area")}, {Label: c.T("future.sales"), Unit: unit, Format: format}, {Label: c.T("future.purse"), Unit: unit, Format: format},
			{Label: c.T("future.basis")}, {Label: c.T("future.share"), Unit: "%", Format: view.Pct().Bare()}, {Label: c.T("future.clv"), Unit: smallUnit, Format: small}, {Label: c.T("future.margin"), Unit: smallUnit, Format: small, Visual: view.Share}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), c.KindOf(row[2]), c.Area(row[3], row[4]), page.Value(row[5]), page.Value(row[6]),
			view.T(c.T("future.basis." + page.Text(row[7]))), page.Value(row[8]), page.Value(row[9]), page.Value(row[10])}})
	}
	return t, nil
}

func (c desk) whitespaceTable(ctx context.Context, _ *outlook) (*view.Table, error) {
	rows, every, err := c.read(ctx, "future_whitespace", 15)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(column(rows, 5)...)
	t := &view.Table{ID: "whitespace", Title: c.T("future.white"), Subtitle: c.T("future.white.sub"), Empty: c.T("future.white.none"), Shown: c.shown(len(rows), every), Footnotes: []string{c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("future.subject")}, {Label: c.T("future.value"), Unit: unit, Format: format, Visual: view.Share}, {Label: c.T("future.why"), Wide: true}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.CustomerName(page.Text(row[0]), page.Text(row[1]), page.Text(row[2]))), view.T(c.InLanguage(page.Text(row[3]), page.Text(row[4]))), page.Value(row[5]),
			view.T(c.InLanguage(page.Text(row[6]), page.Text(row[7])))}})
	}
	return t, nil
}

package risk

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

// Rows of the tables of quiet losses.
const (
	partsShown = 12
	fadesShown = 10
)

// quietSection tells who goes on ordering but is likely to leave a subject or to fade,
// and how well that was predicted; false where it was not scored.
func (c desk) quietSection(ctx context.Context) (s view.Section, known bool, err error) {
	if known, err = c.Known(ctx, "score", "quiet_backtest"); err != nil || !known {
		return s, false, err
	}
	parts, err := c.partTable(ctx)
	if err != nil {
		return s, false, err
	}
	fades, err := c.fadeTable(ctx)
	if err != nil {
		return s, false, err
	}
	test, err := c.quietTest(ctx)
	if err != nil {
		return s, false, err
	}
	return view.Section{ID: "quiet", Title: c.T("churn.quiet"), Lead: c.T("churn.quiet.lead"), Blocks: []view.Block{{Table: parts}, {Table: fades}, {Table: test}}}, true, nil
}

func (c desk) partTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "part_churn", partsShown)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(append(column(rows, 10), column(rows, 11)...)...)
	t := &view.Table{ID: "churn-parts", Title: c.T("churn.parts.table"), Subtitle: c.T("churn.parts.sub"), Empty: c.T("churn.parts.none"), Footnotes: []string{c.T("churn.parts.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("churn.subject")}, {Label: c.T("churn.parts.last"), Format: view.Format{Style: view.DayDate}}, {Label: c.T("churn.daysbefore"), Format: view.Integer()}, {Label: c.T("churn.daysnow"), Format: view.Integer()},
			{Label: c.T("watchlist.probability"), Unit: "%", Format: bare()}, {Label: c.T("churn.parts.chance"), Unit: "%", Format: bare()}, {Label: c.T("churn.parts.value"), Unit: unit, Format: format}, {Label: c.T("churn.atstake"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 0), view.T(c.InLanguage(page.Text(row[3]), page.Text(row[4]))), page.Value(row[5]), page.Value(row[7]), page.Value(row[6]),
			page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), page.Value(row[11])}})
	}
	if len(rows) == partsShown {
		t.Shown = c.T("churn.changes.shown", "n", fmt.Sprint(partsShown))
	}
	return t, nil
}

func (c desk) fadeTable(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "fade", fadesShown)
	if err != nil {
		return nil, err
	}
	format, unit := c.TableMoney(append(column(rows, 7), column(rows, 8)...)...)
	n := view.Integer()
	t := &view.Table{ID: "churn-fades", Title: c.T("churn.fades.table"), Subtitle: c.T("churn.fades.sub"), Empty: c.T("churn.fades.none"), Footnotes: []string{c.T("churn.fades.foot"), c.T("foot.privacy")},
		Columns: []view.Column{{Label: c.T("col.customer")}, {Label: c.T("churn.fades.base"), Format: n}, {Label: c.T("churn.fades.before"), Format: n}, {Label: c.T("churn.fades.now"), Format: n},
			{Label: c.T("watchlist.probability"), Unit: "%", Format: bare()}, {Label: c.T("churn.value"), Unit: unit, Format: format}, {Label: c.T("churn.atstake"), Unit: unit, Format: format}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{c.customer(row, 0), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8])}})
	}
	if len(rows) == fadesShown {
		t.Shown = c.T("churn.changes.shown", "n", fmt.Sprint(fadesShown))
	}
	return t, nil
}

// quietTest is the backtest of both events beside their baselines.
func (c desk) quietTest(ctx context.Context) (*view.Table, error) {
	rows, err := c.read(ctx, "quiet_backtest")
	if err != nil {
		return nil, err
	}
	three, n := view.Format{Style: view.Decimal, Decimals: 3}, view.Integer()
	t := &view.Table{ID: "churn-quiet-test", Title: c.T("churn.quiet.test"), Subtitle: c.T("churn.quiet.test.sub"), Empty: c.T("churn.quiet.test.none"), Footnotes: []string{c.T("churn.quiet.test.foot")},
		Columns: []view.Column{{Label: c.T("churn.quiet.event")}, {Label: c.T("churnmodel.model")}, {Label: c.T("churn.quiet.cases"), Format: n}, {Label: c.T("churn.quiet.came"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.auc"), Format: three},
			{Label: c.T("churnmodel.low"), Format: three}, {Label: c.T("churnmodel.high"), Format: three}, {Label: c.T("churnmodel.lift"), Format: view.Format{Style: view.Decimal, Decimals: 2}}, {Label: c.T("churnmodel.loss"), Format: three},
			{Label: c.T("churn.quiet.equal"), Format: three}, {Label: c.T("churnmodel.low"), Format: three}, {Label: c.T("churnmodel.high"), Format: three}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, view.Row{Cells: []view.Value{view.T(c.T("churn.quiet." + page.Text(row[0]))), view.T(c.T("churn.quiet.by." + page.Text(row[1]))), page.Value(row[2]), page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8]), page.Value(row[9]), page.Value(row[10]), page.Value(row[11])}})
	}
	return t, nil
}

package risk

import (
	"context"
	"fmt"

	"verso/reports/page"
	"verso/reports/view"
)

// stayCharts are small multiples, a customer type each: the share not lost by the time
// since the first purchase, beside that of all types.
func (c desk) stayCharts(ctx context.Context) ([]view.Block, error) {
	rows, err := c.read(ctx, "churn_stay")
	if err != nil {
		return nil, err
	}
	var blocks []view.Block
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && page.Whole(rows[to][0]) == page.Whole(rows[from][0]) {
			to++
		}
		if to-from > 1 { // a line
			blocks = append(blocks, view.Block{Width: view.Half, Chart: c.stayChart(rows[from:to])})
		}
		from = to
	}
	if n := len(blocks); n > 0 && page.Whole(rows[0][1]) > int64(n) {
		blocks[n-1].Chart.Subtitle += " · " + c.T("churn.survival.chart.more", "n", fmt.Sprint(n))
	}
	return blocks, nil
}

// stayChart draws the rows of one type.
func (c desk) stayChart(rows [][]any) *view.Chart {
	kind := c.KindOf(rows[0][2]).Text
	if name := page.Text(rows[0][2]); name == "" || name == "(none)" {
		kind = c.T("churn.notype")
	}
	last := rows[len(rows)-1]
	for _, row := range rows {
		if page.Whole(row[3])%12 == 0 {
			last = row
		}
	}
	years := c.T("churn.survival.chart.year.one")
	switch n := page.Whole(last[3]) / 12; {
	case page.Whole(last[3])%12 != 0:
		years = fmt.Sprintf("%d %s", page.Whole(last[3]), c.T("churn.survival.chart.month"))
	case n > 1:
		years = c.T("churn.survival.chart.year", "n", fmt.Sprint(n))
	}
	ch := &view.Chart{ID: fmt.Sprintf("churn-stay-%d", page.Whole(rows[0][0])), Kind: view.Lines, Title: c.T("churn.survival.chart", "type", kind), Subtitle: c.T("churn.survival.chart.sub"),
		Insight: c.T("churn.survival.chart.text", "years", years, "share", c.Share(page.Value(last[5])), "all", c.Share(page.Value(last[8])), "risk", page.Count(c.Lang, page.Whole(last[4]))),
		Format:  view.Pct(), Better: 1, XName: c.T("churn.survival.chart.month"), Series: []view.Series{{Name: kind, Role: view.AC}, {Name: c.T("churn.survival.all"), Role: view.Other}}}
	ch.Table = view.Table{Title: ch.Title, Columns: []view.Column{{Label: c.T("churn.survival.chart.month"), Format: view.Integer()}, {Label: c.T("churn.incidence.risk"), Format: view.Integer()}, {Label: kind, Unit: "%", Format: bare()},
		{Label: c.T("churnmodel.low"), Unit: "%", Format: bare()}, {Label: c.T("churnmodel.high"), Unit: "%", Format: bare()}, {Label: c.T("churn.survival.all"), Unit: "%", Format: bare()}}}
	for _, row := range rows {
		ch.Categories = append(ch.Categories, fmt.Sprint(page.Whole(row[3])))
		ch.Series[0].Values, ch.Series[1].Values = append(ch.Series[0].Values, page.Value(row[5])), append(ch.Series[1].Values, page.Value(row[8]))
		ch.Series[0].Low, ch.Series[0].High = append(ch.Series[0].Low, page.Value(row[6])), append(ch.Series[0].High, page.Value(row[7]))
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: []view.Value{page.Value(row[3]), page.Value(row[4]), page.Value(row[5]), page.Value(row[6]), page.Value(row[7]), page.Value(row[8])}})
	}
	return ch
}

package market

import (
	"context"
	"testing"

	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The page says what the scores say, in both languages, and its chart of the whole
// is the sum of the history.
func TestFuturePage(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "future_scores", lang)
		p, err := future(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, p)
		pagetest.Golden(t, "future.scored."+lang+".txt", pagetest.Outline(p))
	}
}

// The forecast's line begins where the actual one ends; the table keeps them apart.
func TestBandChart(t *testing.T) {
	c := desk{pagetest.Scored(t, "future_scores", "en")}
	blocks, err := c.demandCharts(context.Background(), false)
	if err != nil {
		t.Fatal(err)
	}
	ch := blocks[0].Chart
	actual, mean := ch.Series[0].Values, ch.Series[1].Values
	if len(actual) != 36 || !actual[23].Has() || actual[24].Has() || mean[22].Has() || mean[23].Float != actual[23].Float || !mean[35].Has() {
		t.Errorf("%d months; actual ends %v %v, forecast begins %v %v", len(actual), actual[23], actual[24], mean[22], mean[23])
	}
	if row := ch.Table.Rows[23]; row.Cells[2].Has() {
		t.Errorf("a forecast of a past month: %v", row.Cells)
	}
	var whole, parts float64
	for i, b := range blocks {
		var sum float64
		for _, v := range b.Chart.Series[1].Values[24:] {
			sum += v.Float
		}
		if i == 0 {
			whole = sum
		} else {
			parts += sum
		}
		if b.Chart.Kind != view.Lines {
			t.Errorf("chart %d is no line", i)
		}
	}
	if parts <= 0 || parts > whole*1.0001 {
		t.Errorf("the largest subjects come to %v of %v", parts, whole)
	}
}

// Without a test of the forecast, the page says not to lean on it.
func TestFutureUntested(t *testing.T) {
	c := desk{pagetest.Scored(t, "future_scores", "en")}
	m := c.futureMessage(outlook{net: view.N(100)})
	if m.Consequence != c.T("future.so.untested") {
		t.Errorf("%s", m.Consequence)
	}
}

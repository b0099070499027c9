package page

import (
	"math"
	"strings"
	"time"

	"verso/reports/view"
)

// Meta is the title block of pages about revenue.
func (c *Context) Meta(w Window, unit string) view.Meta {
	m := view.Meta{Measure: c.T("meta.net"), Unit: unit, Period: w.Label(c.Lang)}
	if p := w.Before(1); c.Comparable(p) {
		m.Scenario = "PY " + p.Label(c.Lang)
	}
	return m
}

// LinesChart lays series over months out with their table.
func (c *Context) LinesChart(id, title string, list []time.Time, series []view.Series, format view.Format, unit string) *view.Chart {
	ch := &view.Chart{ID: id, Kind: view.Lines, Title: title, Subtitle: c.T("sub.net", "unit", unit), Format: format, Better: 1, Series: series}
	ch.Table = view.Table{Title: title, Columns: []view.Column{{Label: c.T("col.month")}}}
	for _, s := range series {
		ch.Table.Columns = append(ch.Table.Columns, view.Column{Label: s.Name, Unit: unit, Format: format})
	}
	for i, m := range list {
		ch.Categories = append(ch.Categories, view.MonthOnly(c.Lang, m))
		cells := []view.Value{view.T(view.MonthOnly(c.Lang, m))}
		for _, s := range series {
			cells = append(cells, s.Values[i])
		}
		ch.Table.Rows = append(ch.Table.Rows, view.Row{Cells: cells})
	}
	c.Annotate(ch, "net", list)
	return ch
}

// Zero is 0 where an answer has no number because there are no facts.
func Zero(v view.Value) view.Value {
	if v.Has() {
		return v
	}
	return view.I(0)
}

// Shade is the step of five for a value, by the square root so that small cells
// stay apart.
func Shade(v, most float64) int {
	if v <= 0 {
		return 1
	}
	return max(1, min(5, int(math.Ceil(math.Sqrt(v/most)*5))))
}

// RoundShare writes a share without a decimal that is zero: "20%", "4.8%".
func (c *Context) RoundShare(x float64) string {
	s := view.Percentage(c.Lang, math.Round(x*1000)/1000)
	for _, zeros := range []string{"00", "0"} {
		if head, ok := strings.CutSuffix(s, c.Lang.Decimal+zeros+c.Lang.Percent); ok {
			return head + c.Lang.Percent
		}
	}
	return s
}

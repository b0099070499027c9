package html

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// The heights, in pixels, that the labels of time columns need: above the
// differences, between the panels, and under the axis.
const (
	columnsTop     = 16
	columnsBetween = 34
	columnsBottom  = 38
)

// byRole returns the first series of a role, or nil.
func byRole(c *view.Chart, r view.Role) *view.Series {
	for i := range c.Series {
		if c.Series[i].Role == r {
			return &c.Series[i]
		}
	}
	return nil
}

// differences are the changes from the previous to the actual series, where
// both are known.
func differences(ac, py *view.Series) []view.Value {
	if ac == nil || py == nil {
		return nil
	}
	out := make([]view.Value, len(ac.Values))
	for i := range out {
		if i < len(py.Values) && ac.Values[i].Has() && py.Values[i].Has() {
			out[i] = view.N(ac.Values[i].Float - py.Values[i].Float)
		}
	}
	return out
}

// extent is the smallest and largest number of the values, including zero.
func extent(f view.Format, lists ...[]view.Value) (low, high float64) {
	for _, values := range lists {
		for _, v := range values {
			if v.Has() {
				low, high = math.Min(low, f.Scaled(v.Float)), math.Max(high, f.Scaled(v.Float))
			}
		}
	}
	return low, high
}

// timeColumns draws periods from left to right: actual before previous year, and
// above them the differences on the same scale, so that lengths compare.
func timeColumns(c *view.Chart, f frame) (map[string]any, error) {
	ac, py := byRole(c, view.AC), byRole(c, view.PY)
	if ac == nil {
		ac = &view.Series{}
	}
	var previous []view.Value
	if py != nil {
		previous = py.Values
	}
	diff := differences(ac, py)
	low, high := extent(c.Format, ac.Values, previous)
	dLow, dHigh := extent(c.Format, diff)
	if high == low {
		high = low + 1
	}
	room := float64(f.height - columnsTop - columnsBottom)
	if diff != nil {
		room -= columnsBetween
	}
	perUnit := room / (high - low + dHigh - dLow)
	bar := charts.NewBar()
	upper := 0.0 // height of the difference panel
	if diff != nil {
		upper = perUnit*(dHigh-dLow) + columnsBetween
		bar.ExtendXAxis(categories(c.Categories, 1, f, false))
		bar.ExtendYAxis(hidden(1, dLow, pad(dHigh)))
		bar.GridList = append(bar.GridList, opts.Grid{})
	}
	whole := float64(f.height)
	main := opts.Grid{Left: "4", Right: "4", Top: percent(columnsTop+upper, whole), Height: percent(perUnit*(high-low), whole)}
	bar.SetXAxis(c.Categories)
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(categories(c.Categories, 0, f, true)),
		charts.WithYAxisOpts(hidden(0, low, high)),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis",
			AxisPointer: &opts.AxisPointer{Type: "shadow"}}),
	)
	bar.GridList = append([]opts.Grid{main}, bar.GridList...)
	if diff != nil {
		bar.GridList[1] = opts.Grid{Left: "4", Right: "4", Top: percent(columnsTop, whole),
			Height: percent(math.Max(perUnit*(dHigh-dLow), 1), whole)}
	}
	bar.MultiSeries = columnSeries(c, f, ac, py, diff, perUnit)
	bar.Validate()
	return finish(bar.BaseConfiguration, f)
}

// pad keeps an axis from having no length.
func pad(high float64) float64 {
	if high == 0 {
		return 1e-9
	}
	return high
}

// columnSeries are the bars of time columns: previous year, actual, differences.
func columnSeries(c *view.Chart, f frame, ac, py *view.Series, diff []view.Value, perUnit float64) []charts.SingleSeries {
	var out []charts.SingleSeries
	gap := "-70%"
	if py != nil {
		out = append(out, charts.SingleSeries{Name: py.Name, Type: "bar", Data: plain(values(*py, c.Format)),
			ItemStyle: &opts.ItemStyle{Color: "@py"}, BarGap: gap, BarCategoryGap: "38%"})
	}
	actual := make([]datum, len(ac.Values))
	for i, v := range ac.Values {
		actual[i].Value = missing
		if v.Has() {
			actual[i].Value = scaled(c.Format, v)
			text := view.Figure(c.Format.Scaled(v.Float), c.Format.Decimals, false)
			actual[i].Label = label(text, "top", "@ink", f.font-1)
			if v.Float < 0 {
				actual[i].Label.Position = "bottom"
			} else if py != nil && i < len(py.Values) && py.Values[i].Float > v.Float {
				// The previous year's column stands behind and is higher.
				above := perUnit * c.Format.Scaled(py.Values[i].Float-v.Float)
				actual[i].Label.Distance = round(above+4, 1)
			}
		}
	}
	out = append(out, charts.SingleSeries{Name: ac.Name, Type: "bar", Data: actual,
		ItemStyle: &opts.ItemStyle{Color: "@ac"}, BarGap: gap, BarCategoryGap: "38%"})
	if diff == nil {
		return out
	}
	bars := make([]datum, len(diff))
	for i, v := range diff {
		bars[i].Value = missing
		if !v.Has() {
			continue
		}
		bars[i].Value = scaled(c.Format, v)
		colour := toneColour(view.ToneOf(v, c.Better))
		text := view.Figure(c.Format.Scaled(v.Float), c.Format.Decimals, true)
		bars[i].ItemStyle = &opts.ItemStyle{Color: colour}
		bars[i].Label = label(text, "top", colour, f.font-1)
		if v.Float < 0 {
			bars[i].Label.Position = "bottom"
		}
	}
	return append(out, charts.SingleSeries{Name: "Δ", Type: "bar", Data: bars, XAxisIndex: 1, YAxisIndex: 1, BarCategoryGap: "56%"})
}

// plain wraps numbers that need no look of their own.
func plain(numbers []any) []datum {
	out := make([]datum, len(numbers))
	for i, n := range numbers {
		out[i].Value = n
	}
	return out
}

// toneColour is the colour name of a business meaning.
func toneColour(t view.Tone) string {
	switch t {
	case view.Good:
		return "@good"
	case view.Bad:
		return "@bad"
	case view.Caution:
		return "@warn"
	}
	return "@ink2"
}

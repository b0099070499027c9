package html

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"verso/reports/view"
)

// valueAxis is a labelled axis with light lines.
func valueAxis(f frame, formatter string) opts.YAxis {
	return opts.YAxis{Type: "value", SplitNumber: 4,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink2", FontSize: f.font, Formatter: types.FuncStr(formatter)},
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}}}
}

// lineLook is the stroke of a role: actual dark, previous year light, plan thin,
// forecast dashed.
func lineLook(r view.Role, i int) *opts.LineStyle {
	switch r {
	case view.AC:
		return &opts.LineStyle{Color: "@ac", Width: 2.5}
	case view.PY:
		return &opts.LineStyle{Color: "@py", Width: 2}
	case view.PL:
		return &opts.LineStyle{Color: "@ac", Width: 1}
	case view.FC:
		return &opts.LineStyle{Color: "@ac", Width: 2, Type: "dashed"}
	case view.Reference:
		return &opts.LineStyle{Color: "@ink3", Width: 1, Type: "dashed"}
	}
	return &opts.LineStyle{Color: []string{"@accent", "@accent2"}[i%2], Width: 2}
}

// lines draws periods from left to right, one line per series, its name and last
// value at its end.
func lines(c *view.Chart, f frame) (map[string]any, error) {
	line := charts.NewLine()
	line.SetXAxis(c.Categories)
	axis := valueAxis(f, "{value}")
	line.SetGlobalOptions(
		charts.WithXAxisOpts(categories(c.Categories, 0, f, true)),
		charts.WithYAxisOpts(axis),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "line"}}),
	)
	line.GridList = []opts.Grid{{Left: "44", Right: strconv.Itoa(nameRoom(c, f)), Top: "14", Bottom: "40"}}
	nudge := apart(c, f)
	for i, s := range c.Series {
		look := lineLook(s.Role, i)
		data := plain(values(s, c.Format))
		if last := lastKnown(s.Values); last >= 0 {
			data[last].Symbol, data[last].Size = "circle", 7
			data[last].Label = label(lineEnd(c, s, last), "right", "@ink", f.font)
			if last < len(s.Values)-2 {
				data[last].Label.Position = "top" // inside the plot: the year is not over
			}
			data[last].Label.Offset = []float64{0, nudge[i]}
		}
		line.MultiSeries = append(line.MultiSeries, charts.SingleSeries{Name: s.Name, Type: "line", Data: data,
			Symbol: "none", LineStyle: look, ItemStyle: &opts.ItemStyle{Color: look.Color}})
	}
	line.Validate()
	return finish(line.BaseConfiguration, f)
}

// lineEnd is what stands at the end of a line: its name and last value.
func lineEnd(c *view.Chart, s view.Series, last int) string {
	return s.Name + " " + view.Figure(c.Format.Scaled(s.Values[last].Float), c.Format.Decimals, false)
}

// nameRoom is the room in pixels for the names at the right ends of lines.
func nameRoom(c *view.Chart, f frame) int {
	room := 46
	if !f.narrow {
		room = 64
	}
	for _, s := range c.Series {
		last := lastKnown(s.Values)
		if last < len(s.Values)-2 {
			continue // named above its end
		}
		width := 14.0
		for _, r := range lineEnd(c, s, last) {
			if width += float64(f.font) * 0.56; r > 0x2e80 {
				width += float64(f.font) * 0.44
			}
		}
		room = max(room, int(width))
	}
	return min(room, f.width/3)
}

// apart moves the names at the ends of lines up or down, in pixels, so that they
// do not cover each other: names closer than a line of text move away from each
// other by halves. Where a chart is shown smaller than it was drawn, the ends
// are closer and the text is not, so they are taken to be at least a quarter
// closer than drawn.
func apart(c *view.Chart, f frame) []float64 {
	high := 0.0
	for _, s := range c.Series {
		_, h := extent(c.Format, s.Values)
		high = math.Max(high, h)
	}
	out := make([]float64, len(c.Series))
	if high == 0 {
		return out
	}
	place := make([]float64, len(c.Series))
	var order []int
	for i, s := range c.Series {
		if last := lastKnown(s.Values); last >= 0 {
			place[i] = -c.Format.Scaled(s.Values[last].Float) / high * float64(f.height-54) * 0.75
			order = append(order, i)
		}
	}
	start := slices.Clone(place)
	end := func(i int) int { return lastKnown(c.Series[i].Values) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(end(a), end(b)), cmp.Compare(place[a], place[b])) })
	gap := float64(f.font + 3)
	for range 20 * len(order) {
		for k := 1; k < len(order); k++ {
			above, below := order[k-1], order[k]
			if lack := gap - (place[below] - place[above]); lack > 0 && end(above) == end(below) {
				place[above] -= lack / 2
				place[below] += lack / 2
			}
		}
	}
	for i := range out {
		out[i] = round(place[i]-start[i], 1)
	}
	return out
}

// lastKnown is the index of the last number, or -1.
func lastKnown(values []view.Value) int {
	for i := len(values) - 1; i >= 0; i-- {
		if values[i].Has() {
			return i
		}
	}
	return -1
}

// curve draws a cumulative share over a cumulative share, the diagonal of
// equality, and the marked points with their names.
func curve(c *view.Chart, f frame) (map[string]any, error) {
	line := charts.NewLine()
	percentAxis := func(name string) opts.XAxis {
		y := valueAxis(f, "{value}%")
		return opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLine: y.AxisLine,
			AxisLabel: y.AxisLabel, SplitLine: y.SplitLine, Name: name, NameLocation: "middle", NameGap: 30, SplitNumber: 5}
	}
	y := valueAxis(f, "{value}%")
	y.Min, y.Max = 0, 100
	line.SetGlobalOptions(
		charts.WithXAxisOpts(percentAxis(c.XName)),
		charts.WithYAxisOpts(y),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	line.GridList = []opts.Grid{{Left: "44", Right: "22", Top: "14", Bottom: "52"}}
	points := make([]datum, len(c.Points))
	for i, p := range c.Points {
		points[i].Value = []float64{round(p.X*100, 2), round(p.Y*100, 2)}
	}
	marks := make([]datum, len(c.Marks))
	for i, m := range c.Marks {
		marks[i] = datum{Value: []float64{round(m.X*100, 2), round(m.Y*100, 2)}, Label: label(m.Text, "right", "@ink", f.font)}
		marks[i].Label.BackgroundColor = "@surface"
	}
	diagonal := []datum{{Value: []float64{0, 0}}, {Value: []float64{100, 100}}}
	line.MultiSeries = []charts.SingleSeries{
		{Name: "=", Type: "line", Data: diagonal, Symbol: "none", LineStyle: lineLook(view.Reference, 0)},
		{Name: c.YName, Type: "line", Data: points, Symbol: "none", LineStyle: lineLook(view.AC, 0)},
		{Name: c.YName, Type: "scatter", Data: marks, Symbol: "circle", SymbolSize: 9, ItemStyle: &opts.ItemStyle{Color: "@accent", Opacity: opts.Float(1)}},
	}
	line.Validate()
	o, err := finish(line.BaseConfiguration, f)
	if err != nil {
		return nil, err
	}
	if series, ok := o["series"].([]any); ok && len(series) == 3 {
		if points, ok := series[2].(map[string]any); ok {
			points["z"] = 5 // names stand above the lines they cross
		}
	}
	return o, nil
}

// heat draws a grid of cells shaded in five steps, each with its numbers.
func heat(c *view.Chart, f frame) (map[string]any, error) {
	h := charts.NewHeatMap()
	h.SetXAxis(c.Categories)
	x := categories(c.Categories, 0, f, true)
	x.AxisLine = &opts.AxisLine{Show: opts.Bool(false)}
	x.Name, x.NameLocation, x.NameGap = c.XName, "middle", 26
	rows := make([]string, len(c.Rows))
	copy(rows, c.Rows)
	h.SetGlobalOptions(
		charts.WithXAxisOpts(x),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: rows, Inverse: opts.Bool(true),
			AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
			SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink2", FontSize: f.font}}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	left := "74"
	if f.narrow {
		left = "56"
	}
	h.GridList = []opts.Grid{{Left: left, Right: "4", Top: "2", Bottom: "46"}}
	cells := make([]datum, len(c.Cells))
	for i, cell := range c.Cells {
		shade := strconv.Itoa(max(1, min(5, cell.Shade)))
		fill, ink := "@heat"+shade, "@on"+shade
		if cell.Shade == 0 {
			fill, ink = "@surface", "@ink3"
		}
		text := cell.Label
		if cell.Small != "" {
			text += "\n" + cell.Small
		}
		cells[i] = datum{Value: []any{cell.X, cell.Y, cell.Shade}, ItemStyle: &opts.ItemStyle{Color: fill},
			Label: &tag{Label: opts.Label{Formatter: text, Color: ink}}}
	}
	common := label("", "inside", "", f.font).Label
	common.LineHeight = float32(f.font + 4)
	h.MultiSeries = []charts.SingleSeries{{Name: c.Title, Type: "heatmap", Data: cells, Label: &common,
		ItemStyle: &opts.ItemStyle{BorderColor: "@surface", BorderWidth: 2}}}
	h.XAxisList[0].Data = c.Categories
	h.Validate()
	return finish(h.BaseConfiguration, f)
}

// mirror draws two shares of each category, one to the left and one to the right
// of its name, on one scale.
func mirror(c *view.Chart, f frame) (map[string]any, error) {
	bar := charts.NewBar()
	most := 1.0
	for _, s := range c.Series {
		_, high := extent(c.Format, s.Values)
		most = math.Max(most, high)
	}
	axis := func(grid int, inverse bool) opts.XAxis {
		return opts.XAxis{Type: "value", Show: opts.Bool(false), GridIndex: grid, Inverse: opts.Bool(inverse), Min: 0, Max: round(most, 4)}
	}
	middle := 0.10 // half the gap between the bars, as a share of the width
	if f.narrow {
		middle = 0.07
	}
	names := func(grid int, show bool) opts.YAxis {
		return opts.YAxis{Type: "category", Data: c.Categories, GridIndex: grid, Inverse: opts.Bool(true), Show: opts.Bool(show),
			AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink", FontSize: f.font, Align: "center", Margin: float64(f.width) * middle}}
	}
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(axis(0, true)),
		charts.WithYAxisOpts(names(0, false)),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	bar.ExtendXAxis(axis(1, false))
	bar.ExtendYAxis(names(1, true))
	left, right := "9%", "60%"
	if f.narrow {
		left, right = "12%", "57%"
	}
	bar.GridList = []opts.Grid{{Left: left, Width: "31%", Top: "4", Bottom: "4"}, {Left: right, Width: "31%", Top: "4", Bottom: "4"}}
	for i, s := range c.Series {
		if i > 1 {
			break
		}
		position, colour := "left", "@py"
		if i == 1 {
			position, colour = "right", "@ac"
		}
		data := plain(values(s, c.Format))
		for k, v := range s.Values {
			if v.Has() {
				data[k].Label = label(view.Show("", v, c.Format), position, "@ink", f.font)
			}
		}
		bar.MultiSeries = append(bar.MultiSeries, charts.SingleSeries{Name: s.Name, Type: "bar", Data: data,
			XAxisIndex: i, YAxisIndex: i, BarWidth: "58%", ItemStyle: &opts.ItemStyle{Color: colour}})
	}
	bar.Validate()
	return finish(bar.BaseConfiguration, f)
}

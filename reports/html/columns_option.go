package html

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// option is the same for the chart library.
func (l *columnsLayout) option() (map[string]any, error) {
	bar := charts.NewBar()
	bar.SetXAxis(l.names)
	grids := []opts.Grid{l.grid(l.main)}
	if l.diffs != nil {
		bar.ExtendXAxis(categories(l.names, 1, l.f, false))
		bar.ExtendYAxis(hidden(1, l.upper.low, l.upper.high))
		grids = append(grids, l.grid(l.upper))
	}
	below := l.main.low < 0
	if below {
		bar.ExtendXAxis(belowAxis(l.names, l.f))
	}
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(categories(l.names, 0, l.f, !below)),
		charts.WithYAxisOpts(hidden(0, l.main.low, l.main.high)),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis",
			AxisPointer: &opts.AxisPointer{Type: "shadow"}}),
	)
	bar.GridList = grids
	bar.MultiSeries = l.series()
	bar.Validate()
	o, err := finish(bar.BaseConfiguration, l.f)
	if err != nil {
		return nil, err
	}
	remarkOptions(o, l.remarks(), l.f)
	if axes, ok := o["xAxis"].([]any); ok && below {
		setLabel(axes[len(axes)-1], "margin", nameDistance+columnsNegative)
	}
	return o, nil
}

// grid is the place of a panel. With its height in pixels, verso's own script
// keeps the panels on one scale, and the room for the labels, where the chart is
// shown at another height.
func (l *columnsLayout) grid(p panel) opts.Grid {
	return opts.Grid{Left: num(columnsSide), Right: num(columnsSide), Top: fine(p.top), Height: fine(p.height)}
}

// fine writes pixels more finely than a drawing does, for lengths that are
// compared.
func fine(v float64) string { return strconv.FormatFloat(round(v, 3), 'f', -1, 64) }

// series are the columns: previous year, actual, differences.
func (l *columnsLayout) series() []charts.SingleSeries {
	const gap, between = "-70%", "38%"
	var out []charts.SingleSeries
	if l.py != nil {
		out = append(out, charts.SingleSeries{Name: l.py.Name, Type: "bar", Data: plain(l.pys),
			ItemStyle: &opts.ItemStyle{Color: "@py"}, BarGap: gap, BarCategoryGap: between, BarMaxWidth: num(columnMost)})
	}
	actual := plain(l.acs)
	for i, t := range l.labels {
		actual[i].Label = t.label("@ink", l.f)
	}
	out = append(out, charts.SingleSeries{Name: l.ac.Name, Type: "bar", Data: actual,
		ItemStyle: &opts.ItemStyle{Color: "@ac"}, BarGap: gap, BarCategoryGap: between, BarMaxWidth: num(columnMost)})
	if l.diffs == nil {
		return out
	}
	changes := plain(l.diffs)
	for i, t := range l.changes {
		changes[i].ItemStyle = &opts.ItemStyle{Color: l.tone(i)}
		changes[i].Label = t.label(l.tone(i), l.f)
	}
	return append(out, charts.SingleSeries{Name: "Δ", Type: "bar", Data: changes, XAxisIndex: 1, YAxisIndex: 1,
		BarCategoryGap: "56%", BarMaxWidth: num(differMost)})
}

// label is the tag for the chart library, or nil for none.
func (t tagged) label(colour string, f frame) *tag {
	if t.text == "" {
		return nil
	}
	out := label(t.text, "top", colour, f.font-1)
	if t.below {
		out.Position = "bottom"
	}
	if t.distance != labelDistance {
		out.Distance = round(t.distance, 1)
	}
	if t.aside != 0 {
		out.Offset = []float64{round(t.aside, 1), 0}
	}
	return out
}

package html

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
)

// style is a stroke for the chart library.
func (s stroke) style() *opts.LineStyle {
	return &opts.LineStyle{Color: s.colour, Width: float32(s.width), Type: s.dash}
}

// valueAxis is a labelled axis with light lines, from the first tick to the last.
func valueAxis(f frame, t ticks) opts.YAxis {
	return opts.YAxis{Type: "value", Min: t.first, Max: t.last,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
		AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink2", FontSize: f.font},
		SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}}}
}

// option is the same for the chart library.
func (l *linesLayout) option() (map[string]any, error) {
	line := charts.NewLine()
	line.SetXAxis(l.names)
	below := l.scale.first < 0
	if below {
		line.ExtendXAxis(belowAxis(l.names, l.f))
	}
	axis := categories(l.names, 0, l.f, !below)
	line.SetGlobalOptions(
		charts.WithXAxisOpts(axis),
		charts.WithYAxisOpts(valueAxis(l.f, l.scale)),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "axis", AxisPointer: &opts.AxisPointer{Type: "line"}}),
	)
	line.GridList = []opts.Grid{l.f.grid(l.plot)}
	for i := range l.bands {
		line.MultiSeries = append(line.MultiSeries, l.bandSeries(i)...)
	}
	for i, list := range l.series {
		look := lineLook(l.c.Series, i)
		data := plain(list)
		for k := range list {
			if alone(list, k) {
				data[k].Symbol, data[k].Size = "circle", 2*loneRadius
			}
		}
		if e := l.ends[i]; e.at >= 0 {
			data[e.at].Symbol, data[e.at].Size = "circle", 2*endRadius
			data[e.at].Label = l.endTag(e)
		}
		line.MultiSeries = append(line.MultiSeries, charts.SingleSeries{Name: l.c.Series[i].Name, Type: "line", Data: data,
			Symbol: "none", LineStyle: look.style(), ItemStyle: &opts.ItemStyle{Color: look.colour}})
	}
	line.Validate()
	o, err := finish(line.BaseConfiguration, l.f)
	if err != nil {
		return nil, err
	}
	remarkOptions(o, remarks(l.c, l.x, 0), l.f)
	setTicks(o, "yAxis", l.scale)
	axes, _ := o["xAxis"].([]any)
	if name := l.xName(); name.text != "" && len(axes) > 0 {
		nameAxis(axes[len(axes)-1], name, name.y-l.plot.bottom-float64(l.f.font)/2)
	}
	return o, nil
}

// endTag is the name at the end of a line, or nil for none.
func (l *linesLayout) endTag(e ending) *tag {
	if e.text == "" {
		return nil
	}
	t := label(e.text, "right", "@ink", l.f.font)
	if e.above { // inside the plot: the year is not over
		t.Position = "top"
		t.halo()
	}
	if e.aside != 0 || e.off != 0 {
		t.Offset = []float64{round(e.aside, 1), round(e.off, 1)}
	}
	return t
}

package html

import (
	"encoding/json"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/language"
	"verso/reports/view"
)

// frame is a size a chart is drawn for. Every chart is drawn for a column of a
// wide page and for a phone; styles show the one that fits its place.
type frame struct {
	width, height int
	font          int // pixels of the labels
	narrow        bool
	lang          *language.Language // of the numbers
}

// in is the frame for a language.
func (f frame) in(lang *language.Language) frame {
	f.lang = lang
	return f
}

var (
	wide   = frame{width: 640, height: 320, font: 12}
	narrow = frame{width: 352, height: 300, font: 10, narrow: true}
)

// The heights of a low chart over time, in a column of a wide page and on a phone or
// on paper.
const (
	lowWide   = 240
	lowNarrow = 168
)

// spare is by how much texts are taken to be wider than they are: in the
// browser the chart may be shown smaller than drawn while its text is not.
func (f frame) spare() float64 {
	if f.narrow {
		return 1
	}
	return 1.2
}

// edgeSpare is the same for texts at the edge of a frame, which would be cut
// off.
func (f frame) edgeSpare() float64 { return max(f.spare(), 1.08) }

// grid is the place of a plot for the chart library, by its distances from the
// edges.
func (f frame) grid(plot box) opts.Grid {
	return opts.Grid{Left: num(plot.left), Top: num(plot.top), Right: num(float64(f.width) - plot.right), Bottom: num(float64(f.height) - plot.bottom)}
}

// sized is the frame for a chart: some forms need more height.
func (f frame) sized(c *view.Chart) frame {
	switch {
	case c.Low && f.narrow:
		f.height = lowNarrow
	case c.Low:
		f.height = lowWide
	}
	switch c.Kind {
	case view.Mirror:
		row := 64
		if n := len(c.Categories); n > 8 {
			row = max(24, 512/n)
		}
		f.height = 24 + row*max(1, len(c.Categories))
	case view.Heat:
		f.height = 40 + 52*max(1, len(c.Rows))
		if !f.narrow {
			f.height = 44 + 56*max(1, len(c.Rows))
		}
	case view.Curve:
		f.height = 360
		if f.narrow {
			f.height = 330
		}
	}
	return f
}

// layout is a chart with everything placed in a frame. Its drawing stands in the
// page; the chart library, which takes its place where scripts run, is told to
// put everything there too.
type layout interface {
	draw(p *pen)
	option() (map[string]any, error)
}

// lay places a chart in a frame.
func lay(c *view.Chart, f frame) layout {
	switch c.Kind {
	case view.TimeColumns:
		return layColumns(c, f)
	case view.Lines:
		return layLines(c, f)
	case view.Curve:
		return layCurve(c, f)
	case view.Heat:
		return layHeat(c, f)
	case view.Radar:
		return layRadar(c, f)
	default:
		return layMirror(c, f)
	}
}

// drawn is the inside of the drawing of a chart.
func drawn(l layout, f frame) string {
	p := newPen(f.font)
	l.draw(p)
	return p.done()
}

// datum is one number of a series with its own look; go-echarts has no type
// that carries all three for every form.
type datum struct {
	Value     any             `json:"value"`
	ItemStyle *opts.ItemStyle `json:"itemStyle,omitempty"`
	Label     *tag            `json:"label,omitempty"`
	Symbol    string          `json:"symbol,omitempty"`
	Size      int             `json:"symbolSize,omitempty"`
}

// MarshalJSON writes a number without a look of its own as the number alone:
// most are, and a page has thousands.
func (d datum) MarshalJSON() ([]byte, error) {
	if d.ItemStyle == nil && d.Label == nil && d.Symbol == "" {
		return json.Marshal(d.Value)
	}
	type withLook datum
	return json.Marshal(withLook(d))
}

// tag is a label with its place fine-tuned, which go-echarts has no fields for.
type tag struct {
	opts.Label
	Distance    float64   `json:"distance,omitempty"` // pixels from the mark
	Offset      []float64 `json:"offset,omitempty"`   // pixels right and down
	BorderColor string    `json:"textBorderColor,omitempty"`
	BorderWidth int       `json:"textBorderWidth,omitempty"`
}

// halo lets a label stand clear of the lines it crosses.
func (t *tag) halo() { t.BorderColor, t.BorderWidth = "@surface", 3 }

// missing is how the library is told that there is no number.
const missing = "-"

// plain are the numbers of a series, without a look of their own.
func plain(list []number) []datum {
	out := make([]datum, len(list))
	for i, n := range list {
		out[i].Value = missing
		if n.known {
			out[i].Value = n.v
		}
	}
	return out
}

// percent is a share of a length as the library wants it.
func percent(part, whole float64) string {
	return strconv.FormatFloat(round(part/whole*100, 3), 'f', -1, 64) + "%"
}

// label is text beside a mark. The library reads {a}, {b} and {c} in it as the
// names and value of the series; texts passed here are formatted numbers.
func label(text, position, colour string, size int) *tag {
	return &tag{Label: opts.Label{Show: opts.Bool(true), Formatter: text, Position: position, Color: colour, FontSize: float32(size)}}
}

// hidden is an axis that only sets the scale.
func hidden(grid int, low, high any) opts.YAxis {
	return opts.YAxis{Type: "value", Show: opts.Bool(false), GridIndex: grid, Min: low, Max: high}
}

// categories is the axis under time columns and lines.
func categories(names []string, grid int, f frame, labels bool) opts.XAxis {
	return opts.XAxis{
		Type: "category", Data: names, GridIndex: grid,
		AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@ink3", Width: 1}},
		AxisLabel: &opts.AxisLabel{Show: opts.Bool(labels), Color: "@ink2", FontSize: f.font},
		SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
	}
}

// belowAxis carries the names of categories at the foot of a plot whose own axis
// is higher up, at zero.
func belowAxis(names []string, f frame) opts.XAxis {
	a := categories(names, 0, f, true)
	a.Position = "bottom"
	a.AxisLine = &opts.AxisLine{Show: opts.Bool(false), OnZero: opts.Bool(false)}
	return a
}

// setLabel sets what go-echarts has no field for in the labels of an axis.
func setLabel(axis any, key string, value any) {
	if a, ok := axis.(map[string]any); ok {
		if labels, ok := a["axisLabel"].(map[string]any); ok {
			labels[key] = value
		}
	}
}

// nameAxis names an axis below its middle.
func nameAxis(axis any, name caption, gap float64) {
	if a, ok := axis.(map[string]any); ok {
		a["name"], a["nameLocation"], a["nameGap"] = name.text, "middle", round(gap, 1)
	}
}

// setTicks writes the ticks of a value axis as they are drawn. The texts are
// read by verso's own script.
func setTicks(o map[string]any, key string, t ticks) {
	axes, _ := o[key].([]any)
	if len(axes) == 0 {
		return
	}
	if a, ok := axes[0].(map[string]any); ok {
		a["interval"] = t.step
		setLabel(a, "texts", t.texts)
	}
}

// finish takes the JSON of a validated chart, drops what verso never uses and
// adds what go-echarts has no field for: no ticks, every category named, the
// look of axis names, plots that stay where they are put, and labels that give
// way to each other where a chart is shown smaller.
func finish(base charts.BaseConfiguration, f frame) (map[string]any, error) {
	text, err := json.Marshal(base.JSON())
	if err != nil {
		return nil, err
	}
	var o map[string]any
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	for _, key := range []string{"title", "legend", "toolbox", "color"} {
		delete(o, key)
	}
	for _, key := range []string{"xAxis", "yAxis"} {
		list, _ := o[key].([]any)
		for _, item := range list {
			axis, ok := item.(map[string]any)
			if !ok {
				continue
			}
			axis["axisTick"] = map[string]any{"show": false}
			axis["nameTextStyle"] = map[string]any{"color": "@ink2", "fontSize": f.font}
			if labels, ok := axis["axisLabel"].(map[string]any); ok && axis["type"] == "category" {
				labels["interval"], labels["lineHeight"], labels["hideOverlap"] = 0, f.font+lineOverheight, true
			}
		}
	}
	grids, _ := o["grid"].([]any)
	for _, item := range grids {
		if grid, ok := item.(map[string]any); ok {
			grid["outerBoundsMode"] = "none"
		}
	}
	series, _ := o["series"].([]any)
	for _, item := range series {
		s, ok := item.(map[string]any)
		if !ok {
			continue
		}
		switch s["type"] {
		case "bar", "heatmap":
			s["labelLayout"] = map[string]any{"hideOverlap": true}
		case "line":
			s["showAllSymbol"] = true // not only where the axis has a name
		}
	}
	return o, nil
}

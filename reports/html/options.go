package html

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// frame is a size a chart is drawn for. Every chart is drawn for a column of a
// wide page and for a phone; styles show the one that fits its place.
type frame struct {
	width, height int
	font          int // pixels of the labels
	narrow        bool
}

var (
	wide   = frame{width: 640, height: 320, font: 12}
	narrow = frame{width: 352, height: 300, font: 10, narrow: true}
)

// sized is the frame for a chart: some forms need more height.
func (f frame) sized(c *view.Chart) frame {
	switch c.Kind {
	case view.Mirror:
		f.height = 24 + 64*len(c.Categories)
	case view.Heat:
		f.height = 40 + 52*len(c.Rows)
		if !f.narrow {
			f.height = 44 + 56*len(c.Rows)
		}
	case view.Curve:
		f.height = 360
		if f.narrow {
			f.height = 330
		}
	}
	return f
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

// tag is a label with its place fine-tuned, which go-echarts has no fields for.
type tag struct {
	opts.Label
	Distance float64   `json:"distance,omitempty"` // pixels from the mark
	Offset   []float64 `json:"offset,omitempty"`   // pixels right and down
}

// missing is how the library is told that there is no number.
const missing = "-"

// option builds the chart library's option for a chart in a frame.
func option(c *view.Chart, f frame) (map[string]any, error) {
	switch c.Kind {
	case view.TimeColumns:
		return timeColumns(c, f)
	case view.Lines:
		return lines(c, f)
	case view.Curve:
		return curve(c, f)
	case view.Heat:
		return heat(c, f)
	case view.Radar:
		return radar(c, f)
	default:
		return mirror(c, f)
	}
}

// values are the numbers of a series as drawn.
func values(s view.Series, f view.Format) []any {
	out := make([]any, len(s.Values))
	for i, v := range s.Values {
		out[i] = missing
		if v.Has() {
			out[i] = scaled(f, v)
		}
	}
	return out
}

// scaled is a number as drawn, rounded far below a pixel so that the option is
// short.
func scaled(f view.Format, v view.Value) float64 {
	return round(f.Scaled(v.Float), 6)
}

func round(x float64, digits int) float64 {
	p := math.Pow10(digits)
	r := math.Round(x*p) / p
	if r == 0 {
		return 0
	}
	return r
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

// finish takes the JSON of a validated chart, drops what verso never uses and
// adds what go-echarts has no field for: no ticks, every category named, and the
// look of axis names.
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
			if axis["type"] == "value" && axis["max"] == 100.0 {
				axis["interval"] = 20
			}
			axis["nameTextStyle"] = map[string]any{"color": "@ink2", "fontSize": f.font}
			if labels, ok := axis["axisLabel"].(map[string]any); ok && axis["type"] == "category" {
				labels["interval"], labels["lineHeight"] = 0, f.font+3
			}
		}
	}
	return o, nil
}

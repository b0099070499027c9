package html

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// radar is the option of scores of 0 to 100 around a circle, one outline per series. Of an
// unknown score the outline passes through the middle, and its table says so.
func radar(c *view.Chart, f frame) (map[string]any, error) {
	r := charts.NewRadar()
	indicators := make([]*opts.Indicator, len(c.Categories))
	for i, name := range c.Categories {
		indicators[i] = &opts.Indicator{Name: name, Max: 100, Color: "@ink2"}
	}
	r.SetGlobalOptions(
		charts.WithRadarComponentOpts(opts.RadarComponent{
			Indicator: indicators, Center: []string{"50%", "52%"}, SplitNumber: 4,
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}},
			SplitArea: &opts.SplitArea{Show: opts.Bool(false)},
			AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}},
		}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	for i, s := range c.Series {
		look := lineLook(s.Role, i)
		scores := make([]float64, len(s.Values))
		for k, v := range s.Values {
			scores[k] = round(v.Float, 1)
		}
		r.MultiSeries = append(r.MultiSeries, charts.SingleSeries{Name: s.Name, Type: "radar", Symbol: "none",
			Data: []datum{{Value: scores}}, LineStyle: look, ItemStyle: &opts.ItemStyle{Color: look.Color}})
	}
	r.Validate()
	o, err := finish(r.BaseConfiguration, f)
	if err != nil {
		return nil, err
	}
	if component, ok := o["radar"].(map[string]any); ok {
		component["radius"] = "76%"
		component["axisName"] = map[string]any{"color": "@ink2", "fontSize": f.font}
	}
	return o, nil
}

// drawRadar draws the same without the chart library, for pages by the hundred.
func drawRadar(c *view.Chart, f frame) string {
	n := len(c.Categories)
	x, y, radius := float64(f.width)/2, float64(f.height)*.52, .32*float64(min(f.width, f.height))
	at := func(i int, r float64) string {
		angle := 2*math.Pi*float64(i)/float64(n) - math.Pi/2
		return num(x+r*math.Cos(angle)) + "," + num(y+r*math.Sin(angle))
	}
	ring := func(r func(i int) float64) string {
		points := make([]string, n)
		for i := range points {
			points[i] = at(i, r(i))
		}
		return strings.Join(points, " ")
	}
	var b strings.Builder
	for step := 1; step <= 4; step++ {
		fmt.Fprintf(&b, `<polygon points="%s" fill="none" class="s-grid"></polygon>`, ring(func(int) float64 { return radius * float64(step) / 4 }))
	}
	for i, name := range c.Categories {
		end := strings.Split(at(i, radius), ",")
		fmt.Fprintf(&b, `<line x1="%s" y1="%s" x2="%s" y2="%s" class="s-grid"></line>`, num(x), num(y), end[0], end[1])
		b.WriteString(axisName(name, i, n, strings.Split(at(i, radius+float64(f.font)), ","), f.font))
	}
	for i, s := range c.Series {
		look := lineLook(s.Role, i)
		dash := ""
		if look.Type == "dashed" {
			dash = ` stroke-dasharray="4,4"`
		}
		fmt.Fprintf(&b, `<polygon points="%s" fill="none" stroke-width="%s" stroke-linejoin="round"%s class="s-%s"></polygon>`,
			ring(func(k int) float64 { return radius * max(0, min(100, s.Values[k].Float)) / 100 }), num(float64(look.Width)), dash, strings.TrimPrefix(look.Color, "@"))
	}
	return b.String()
}

// axisName writes the name of a spoke outside its end, towards the side it points.
func axisName(name string, i, n int, at []string, font int) string {
	anchor := ""
	if side := math.Sin(2 * math.Pi * float64(i) / float64(n)); side > .1 {
		anchor = ` text-anchor="start"`
	} else if side < -.1 {
		anchor = ` text-anchor="end"`
	}
	return fmt.Sprintf(`<text x="%s" y="%s" font-size="%dpx"%s class="f-ink2">%s</text>`, at[0], at[1], font, anchor, template.HTMLEscapeString(legal(name)))
}

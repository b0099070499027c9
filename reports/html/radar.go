package html

import (
	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// radar draws scores of 0 to 100 around a circle, one outline per series. Of an
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

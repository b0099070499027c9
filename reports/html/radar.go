package html

import (
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// How a radar stands: the height of its middle and its radius as shares of the
// frame, how far names are beyond the ends of the spokes, and its rings.
const (
	radarMiddle = .52
	radarMost   = .38
	radarLeast  = .26
	radarRings  = 5
	radarSpare  = 1.15 // by how much names are taken to be wider, for charts shown smaller
)

// radarLayout is where everything in a radar stands: scores of 0 to 100 around a
// circle, one outline per series. Of an unknown score the outline passes through
// the middle, and its table says so.
type radarLayout struct {
	c      *view.Chart
	f      frame
	centre point
	radius float64
	names  []string
	scores [][]number
}

// layRadar places a radar in a frame, as large as the names around it let it be.
func layRadar(c *view.Chart, f frame) *radarLayout {
	whole := float64(min(f.width, f.height))
	l := &radarLayout{c: c, f: f, centre: point{float64(f.width) / 2, radarMiddle * float64(f.height)}, radius: radarMost * whole}
	n := len(c.Categories)
	for i, name := range c.Categories {
		side := math.Abs(math.Sin(l.angle(i)))
		l.names = append(l.names, strings.Join(strings.Fields(name), " "))
		if side > .1 {
			fits := (l.centre.x - 2 - textWidth(l.names[i], f.font)*radarSpare) / side
			l.radius = min(l.radius, fits-l.gap())
		}
	}
	l.radius = max(l.radius, radarLeast*whole)
	for i, name := range l.names {
		room := float64(f.width) - 8
		if side := math.Abs(math.Sin(l.angle(i))); side > .1 {
			room = l.centre.x - 2 - side*(l.radius+l.gap())
		}
		l.names[i] = shorten(name, f.font, room/radarSpare+.1)
	}
	for _, s := range c.Series {
		scores := numbers(s.Values, view.Format{}, n)
		for i := range scores {
			scores[i].v = round(max(0, min(100, scores[i].v)), 1)
		}
		l.scores = append(l.scores, scores)
	}
	return l
}

// gap is from the end of a spoke to its name.
func (l *radarLayout) gap() float64 { return float64(l.f.font) }

// angle is the direction of a spoke, clockwise from the top.
func (l *radarLayout) angle(i int) float64 {
	return 2 * math.Pi * float64(i) / float64(len(l.c.Categories))
}

// at is the place at a distance from the middle on a spoke.
func (l *radarLayout) at(i int, r float64) point {
	sin, cos := math.Sincos(l.angle(i))
	return point{l.centre.x + r*sin, l.centre.y - r*cos}
}

// ring is an outline around the middle.
func (l *radarLayout) ring(r func(i int) float64) [][]point {
	if len(l.c.Categories) < 2 {
		return nil // no outline
	}
	points := make([]point, len(l.c.Categories))
	for i := range points {
		points[i] = l.at(i, r(i))
	}
	return [][]point{points}
}

// draw draws the radar.
func (l *radarLayout) draw(p *pen) {
	var rings [][]point
	for k := 1; k <= radarRings; k++ {
		rings = append(rings, l.ring(func(int) float64 { return l.radius * float64(k) / radarRings })...)
	}
	p.path(rings, stroke{"@grid", 1, ""}, true)
	for i, name := range l.names {
		end, at := l.at(i, l.radius), l.at(i, l.radius+l.gap())
		p.rule(l.centre.x, l.centre.y, end.x, end.y, "@grid")
		c := caption{text: name, x: at.x, y: at.y, colour: "@ink2"}
		if side := math.Sin(l.angle(i)); side > .1 {
			c.anchor = "start"
		} else if side < -.1 {
			c.anchor = "end"
		} else {
			c.y -= math.Copysign(float64(l.f.font)/2, math.Cos(l.angle(i)))
		}
		p.text(c)
	}
	for i, scores := range l.scores {
		p.path(l.ring(func(k int) float64 { return l.radius * scores[k].v / 100 }), lineLook(l.c.Series, i), true)
	}
}

// option is the same for the chart library.
func (l *radarLayout) option() (map[string]any, error) {
	r := charts.NewRadar()
	indicators := make([]*opts.Indicator, len(l.names))
	for i, name := range l.names {
		indicators[i] = &opts.Indicator{Name: name, Max: 100, Color: "@ink2"}
	}
	r.SetGlobalOptions(
		charts.WithRadarComponentOpts(opts.RadarComponent{
			Indicator: indicators, Center: []string{"50%", percent(radarMiddle, 1)}, SplitNumber: radarRings,
			SplitLine: &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}},
			SplitArea: &opts.SplitArea{Show: opts.Bool(false)},
			AxisLine:  &opts.AxisLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "@grid", Width: 1}},
		}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	for i, list := range l.scores {
		look := lineLook(l.c.Series, i)
		scores := make([]float64, len(list))
		for k, s := range list {
			scores[k] = s.v
		}
		r.MultiSeries = append(r.MultiSeries, charts.SingleSeries{Name: l.c.Series[i].Name, Type: "radar", Symbol: "none",
			Data: []datum{{Value: scores}}, LineStyle: look.style(), ItemStyle: &opts.ItemStyle{Color: look.colour}})
	}
	r.Validate()
	o, err := finish(r.BaseConfiguration, l.f)
	if err != nil {
		return nil, err
	}
	if component, ok := o["radar"].(map[string]any); ok {
		component["radius"] = percent(l.radius, float64(min(l.f.width, l.f.height))/2)
		component["clockwise"] = true
		component["axisNameGap"] = l.gap()
		component["axisName"] = map[string]any{"color": "@ink2", "fontSize": l.f.font}
	}
	return o, nil
}

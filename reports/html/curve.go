package html

import (
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// The edges of a plot of a curve in pixels.
const (
	curveRight  = 22
	curveBottom = 52
	curveName   = 30 // from the axis to its name
	markRadius  = 4.5
)

// curveLook is the stroke of the curve.
var curveLook = stroke{"@ac", 2.5, ""}

// curveLayout is where everything in a curve stands: a cumulative share over a
// cumulative share, the diagonal of equality, and the marked points with their
// names.
type curveLayout struct {
	c      *view.Chart
	f      frame
	plot   box
	points []sharePoint
	marks  []mark
}

// sharePoint is a point in percent; not known where a share is not finite.
type sharePoint struct {
	point
	known bool
}

// mark is a marked point with its name beside it.
type mark struct {
	at       point // in percent
	text     string
	position string // of the name, as the chart library calls it
}

// layCurve places a curve in a frame.
func layCurve(c *view.Chart, f frame) *curveLayout {
	l := &curveLayout{c: c, f: f, plot: box{linesLeft, linesTop, float64(f.width - curveRight), float64(f.height - curveBottom)}}
	for _, p := range c.Points {
		at, ok := inPercent(p.X, p.Y)
		l.points = append(l.points, sharePoint{at, ok})
	}
	var placed taken
	for _, m := range c.Marks {
		if at, ok := inPercent(m.X, m.Y); ok {
			l.marks = append(l.marks, mark{at: at})
			x, y := l.place(at)
			placed = append(placed, box{x - markRadius, y - markRadius, x + markRadius, y + markRadius})
			l.marks[len(l.marks)-1].text = shorten(m.Text, f.font, float64(f.width)*.4)
		}
	}
	for i := range l.marks {
		l.name(&l.marks[i], &placed)
	}
	return l
}

// inPercent is a point of shares of 1, kept in the plot; false where a share is
// not finite.
func inPercent(x, y float64) (point, bool) {
	if math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return point{}, false
	}
	return point{round(100*max(0, min(1, x)), 2), round(100*max(0, min(1, y)), 2)}, true
}

// place is where a point in percent stands.
func (l *curveLayout) place(p point) (x, y float64) {
	return l.plot.left + p.x/100*(l.plot.right-l.plot.left), l.plot.bottom - p.y/100*(l.plot.bottom-l.plot.top)
}

// name puts the name of a mark on the side where there is room.
func (l *curveLayout) name(m *mark, placed *taken) {
	for _, side := range []string{"right", "left", "bottom", "top"} {
		m.position = side
		c := l.caption(*m)
		if at := lineBox(c.text, l.f.font, c.x, c.y, c.anchor, l.f.spare()); at.in(l.f) && at.bottom <= l.plot.bottom && placed.free(at) {
			*placed = append(*placed, at)
			return
		}
	}
	m.text = ""
}

// caption is the name of a mark.
func (l *curveLayout) caption(m mark) caption {
	x, y := l.place(m.at)
	const beyond = markRadius + labelDistance
	c := caption{text: m.text, x: x, y: y, colour: "@ink", clear: true}
	switch m.position {
	case "right":
		c.x, c.anchor = x+beyond, "start"
	case "left":
		c.x, c.anchor = x-beyond, "end"
	case "bottom":
		c.y += beyond + float64(l.f.font)/2
	case "top":
		c.y -= beyond + float64(l.f.font)/2
	}
	return c
}

// axisName is the name of the horizontal axis.
func (l *curveLayout) axisName() caption {
	return caption{text: shorten(l.c.XName, l.f.font, (l.plot.right-l.plot.left)/l.f.edgeSpare()), x: (l.plot.left + l.plot.right) / 2,
		y: l.plot.bottom + curveName + float64(l.f.font)/2, colour: "@ink2"}
}

// draw draws the curve.
func (l *curveLayout) draw(p *pen) {
	t := percentTicks(l.f.lang)
	p.ladder(l.plot, t, panel{l.plot.top, l.plot.bottom - l.plot.top, 0, 100})
	for i, text := range t.texts {
		x, y := l.place(point{t.at(i), 0})
		p.rule(half(x), l.plot.top, half(x), y, "@grid")
		p.text(caption{text: text, x: x, y: y + nameDistance + float64(l.f.font)/2, colour: "@ink2"})
	}
	p.text(l.axisName())
	p.path([][]point{{{l.plot.left, l.plot.bottom}, {l.plot.right, l.plot.top}}}, reference, false)
	var line []point
	for _, at := range l.points {
		if at.known {
			x, y := l.place(at.point)
			line = append(line, point{x, y})
		}
	}
	if len(line) > 0 {
		p.path([][]point{line}, curveLook, false)
	}
	for _, m := range l.marks {
		x, y := l.place(m.at)
		p.dot(x, y, markRadius, "@accent")
	}
	for _, m := range l.marks {
		p.text(l.caption(m))
	}
}

// option is the same for the chart library.
func (l *curveLayout) option() (map[string]any, error) {
	line := charts.NewLine()
	y := valueAxis(l.f, percentTicks(l.f.lang))
	line.SetGlobalOptions(
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLine: y.AxisLine, AxisLabel: y.AxisLabel, SplitLine: y.SplitLine}),
		charts.WithYAxisOpts(y),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	line.GridList = []opts.Grid{l.f.grid(l.plot)}
	points := make([]datum, len(l.points))
	for i, p := range l.points {
		points[i].Value = missing
		if p.known {
			points[i].Value = []float64{p.x, p.y}
		}
		if len(l.points) == 1 {
			points[i].Symbol, points[i].Size = "circle", 2*loneRadius
		}
	}
	marks := make([]datum, len(l.marks))
	for i, m := range l.marks {
		marks[i] = datum{Value: []float64{m.at.x, m.at.y}}
		if m.text != "" {
			marks[i].Label = label(m.text, m.position, "@ink", l.f.font)
			marks[i].Label.halo()
		}
	}
	diagonal := []datum{{Value: []float64{0, 0}}, {Value: []float64{100, 100}}}
	line.MultiSeries = []charts.SingleSeries{
		{Name: "=", Type: "line", Data: diagonal, Symbol: "none", LineStyle: reference.style()},
		{Name: l.c.YName, Type: "line", Data: points, Symbol: "none", LineStyle: curveLook.style()},
		{Name: l.c.YName, Type: "scatter", Data: marks, Symbol: "circle", SymbolSize: 2 * markRadius, ItemStyle: &opts.ItemStyle{Color: "@accent", Opacity: opts.Float(1)}},
	}
	line.Validate()
	o, err := finish(line.BaseConfiguration, l.f)
	if err != nil {
		return nil, err
	}
	setTicks(o, "xAxis", percentTicks(l.f.lang))
	setTicks(o, "yAxis", percentTicks(l.f.lang))
	if axes, ok := o["xAxis"].([]any); ok && len(axes) > 0 {
		nameAxis(axes[0], l.axisName(), curveName)
	}
	if series, ok := o["series"].([]any); ok && len(series) == 3 {
		if points, ok := series[2].(map[string]any); ok {
			points["z"] = 5 // names stand above the lines they cross
		}
	}
	return o, nil
}

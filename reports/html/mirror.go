package html

import (
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// How the bars of a mirror stand.
const (
	mirrorEdge  = 4   // pixels above and below
	mirrorShare = .58 // of a category that its bar takes
)

// mirrorLayout is where everything in a mirror stands: two shares of each
// category, one to the left and one to the right of its name, on one scale.
type mirrorLayout struct {
	c      *view.Chart
	f      frame
	sides  [][]number // one or two
	labels [][]string
	names  []string
	most   float64
	band   float64    // height of a category
	zero   [2]float64 // x of the ends of the middle, where the bars begin
	length float64    // of the longest bar
}

// layMirror places a mirror in a frame.
func layMirror(c *view.Chart, f frame) *mirrorLayout {
	l := &mirrorLayout{c: c, f: f}
	n := len(c.Categories)
	beside := 0.0 // room for the numbers
	for _, s := range c.Series[:min(2, len(c.Series))] {
		list, texts := numbers(s.Values, c.Format, n), make([]string, n)
		for k := range list {
			if !list[k].known {
				continue
			}
			texts[k] = shorten(view.Show(f.lang, s.Values[k], c.Format), f.font, float64(f.width)*.2)
			list[k].v = max(0, list[k].v) // a share is not below zero; its number says what it is
			l.most = max(l.most, list[k].v)
			beside = max(beside, textWidth(texts[k], f.font)*f.spare())
		}
		l.sides, l.labels = append(l.sides, list), append(l.labels, texts)
	}
	if l.most == 0 {
		l.most = 1
	}
	beside += labelDistance + 3
	middle := .2 * float64(f.width)
	widest := .36 * float64(f.width)
	for _, name := range c.Categories {
		short := shorten(strings.ReplaceAll(name, "\n", " "), f.font, (widest-16)/f.spare())
		l.names = append(l.names, short)
		middle = max(middle, textWidth(short, f.font)*f.spare()+16)
	}
	centre := float64(f.width) / 2
	l.zero = [2]float64{math.Floor(centre - middle/2), math.Ceil(centre + middle/2)}
	l.length = l.zero[0] - beside
	l.band = (float64(f.height) - 2*mirrorEdge) / float64(max(n, 1))
	return l
}

// y is the middle of a category.
func (l *mirrorLayout) y(i int) float64 { return mirrorEdge + (float64(i)+.5)*l.band }

// bar is the bar of a category on a side.
func (l *mirrorLayout) bar(side, i int) box {
	w, h := l.sides[side][i].v/l.most*l.length, mirrorShare*l.band
	b := box{l.zero[side], l.y(i) - h/2, l.zero[side] + w, l.y(i) + h/2}
	if side == 0 {
		b.left, b.right = l.zero[0]-w, l.zero[0]
	}
	return b
}

// mirrorColours are those of the left and the right side.
var mirrorColours = [2]string{"@py", "@ac"}

// draw draws the bars.
func (l *mirrorLayout) draw(p *pen) {
	for i, name := range l.names {
		p.text(caption{text: name, x: float64(l.f.width) / 2, y: l.y(i), colour: "@ink"})
	}
	for side, list := range l.sides {
		for i, v := range list {
			if !v.known {
				continue
			}
			b := l.bar(side, i)
			if v.v > 0 {
				p.rect(b, mirrorColours[side])
			}
			c := caption{text: l.labels[side][i], x: b.left - labelDistance, y: l.y(i), anchor: "end", colour: "@ink"}
			if side == 1 {
				c.x, c.anchor = b.right+labelDistance, "start"
			}
			p.text(c)
		}
	}
}

// option is the same for the chart library.
func (l *mirrorLayout) option() (map[string]any, error) {
	bar := charts.NewBar()
	axis := func(grid int, inverse bool) opts.XAxis {
		return opts.XAxis{Type: "value", Show: opts.Bool(false), GridIndex: grid, Inverse: opts.Bool(inverse), Min: 0, Max: l.most}
	}
	whole := float64(l.f.width)
	names := func(grid int, show bool) opts.YAxis {
		return opts.YAxis{Type: "category", Data: l.names, GridIndex: grid, Inverse: opts.Bool(true), Show: opts.Bool(show),
			AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink", FontSize: l.f.font, Align: "center", Margin: (l.zero[1] - l.zero[0]) / 2}}
	}
	bar.SetGlobalOptions(
		charts.WithXAxisOpts(axis(0, true)),
		charts.WithYAxisOpts(names(0, false)),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	bar.ExtendXAxis(axis(1, false))
	bar.ExtendYAxis(names(1, true))
	length := percent(l.length, whole)
	bar.GridList = []opts.Grid{
		{Left: percent(l.zero[0]-l.length, whole), Width: length, Top: num(mirrorEdge), Bottom: num(mirrorEdge)},
		{Left: percent(l.zero[1], whole), Width: length, Top: num(mirrorEdge), Bottom: num(mirrorEdge)}}
	for side, list := range l.sides {
		data := plain(list)
		for i, text := range l.labels[side] {
			if text != "" {
				data[i].Label = label(text, [2]string{"left", "right"}[side], "@ink", l.f.font)
			}
		}
		bar.MultiSeries = append(bar.MultiSeries, charts.SingleSeries{Name: l.c.Series[side].Name, Type: "bar", Data: data,
			XAxisIndex: side, YAxisIndex: side, BarWidth: percent(mirrorShare, 1), ItemStyle: &opts.ItemStyle{Color: mirrorColours[side]}})
	}
	bar.Validate()
	return finish(bar.BaseConfiguration, l.f)
}

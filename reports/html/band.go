package html

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// bandShade is how much of its colour a band has over the ground: two that cross
// are still told apart.
const bandShade = .15

// bandOf are the bounds of a series as drawn, known where both are; nil without.
func bandOf(s view.Series, f view.Format, n int) (band [2][]number) {
	if s.Low == nil || s.High == nil {
		return band
	}
	band[0], band[1] = numbers(s.Low, f, n), numbers(s.High, f, n)
	for i := range n {
		if !band[0][i].known || !band[1][i].known {
			band[0][i], band[1][i] = number{}, number{}
		}
	}
	return band
}

// areas are the outlines of the unbroken parts of a series' band.
func (l *linesLayout) areas(i int) [][]point {
	low, high := l.pieces(l.bands[i][0]), l.pieces(l.bands[i][1])
	for k := range high {
		slices.Reverse(low[k])
		high[k] = append(high[k], low[k]...)
	}
	return high
}

// areas shades outlines.
func (p *pen) areas(outlines [][]point, colour string) {
	var d strings.Builder
	for _, outline := range outlines {
		for i, at := range outline {
			d.WriteString(string("ML"[min(i, 1)]) + num(at.x) + " " + num(at.y))
		}
		d.WriteByte('Z')
	}
	if d.Len() == 0 {
		return
	}
	p.b.WriteString(`<path d="` + d.String() + `" fill-opacity="` + strconv.FormatFloat(bandShade, 'g', -1, 64) + `"`)
	p.class("f", colour)
	p.b.WriteString("/>")
}

// bandSeries are two lines for the chart library that are not drawn, the lower bound
// and on it the height of the band, which is shaded; none without a band.
func (l *linesLayout) bandSeries(i int) []charts.SingleSeries {
	low, high := l.bands[i][0], l.bands[i][1]
	if low == nil {
		return nil
	}
	height := make([]number, len(low))
	for k := range low {
		height[k] = number{round(high[k].v-low[k].v, 6), low[k].known}
	}
	unseen := &opts.LineStyle{Width: 0, Opacity: opts.Float(0)}
	name, look := "band "+strconv.Itoa(i+1), lineLook(l.c.Series, i)
	foot := charts.SingleSeries{Name: name, Type: "line", Data: plain(low), Symbol: "none", LineStyle: unseen}
	body := charts.SingleSeries{Name: name, Type: "line", Data: plain(height), Symbol: "none", LineStyle: unseen,
		AreaStyle: &opts.AreaStyle{Color: look.colour, Opacity: opts.Float(bandShade)}}
	foot.Stack, body.Stack = name, name
	return []charts.SingleSeries{foot, body}
}

package html

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"verso/reports/view"
)

// The edges of a plot of lines in pixels: the least room on the left, above, and
// below for two lines of names.
const (
	linesLeft   = 44
	linesTop    = 14
	linesBottom = 40
)

// The dot at the end of a line and how far beyond its middle the name stands.
const (
	endRadius = 3.5
	endName   = endRadius + labelDistance
)

// lineLook is the stroke of a series: actual dark, previous year light, plan
// thin, forecast dashed; others in two colours, after the second with dashes.
func lineLook(all []view.Series, i int) stroke {
	switch all[i].Role {
	case view.AC:
		return stroke{"@ac", 2.5, ""}
	case view.PY:
		return stroke{"@py", 2, ""}
	case view.PL:
		return stroke{"@ac", 1, ""}
	case view.FC:
		return stroke{"@ac", 2, "dashed"}
	case view.Reference:
		return reference
	}
	before := 0
	for _, s := range all[:i] {
		if s.Role == view.Other {
			before++
		}
	}
	return stroke{[]string{"@accent", "@accent2"}[i%2], 2, []string{"", "dashed", "dotted"}[before/2%3]}
}

// reference is the stroke of a line to compare with, such as a diagonal.
var reference = stroke{"@ink3", 1, "dashed"}

// linesLayout is where everything in a chart of lines stands: periods from left
// to right, one line per series, its name and last value at its end.
type linesLayout struct {
	c      *view.Chart
	f      frame
	series [][]number
	bands  [][2][]number // by series, low and high; nil without
	plot   box
	band   float64
	scale  ticks
	panel  panel
	names  []string // under the axis
	ends   []ending // by series
}

// ending is the end of a line and its name.
type ending struct {
	at         int // category, -1 where the line has no numbers
	x, y       float64
	text       string // "" where the name finds no place
	above      bool   // in the plot, above the end: the line stops early
	aside, off float64
}

// layLines places a chart of lines in a frame.
func layLines(c *view.Chart, f frame) *linesLayout {
	l := &linesLayout{c: c, f: f}
	n := len(c.Categories)
	var all [][]number
	for _, s := range c.Series {
		list, band := numbers(s.Values, c.Format, n), bandOf(s, c.Format, n)
		l.series, l.bands = append(l.series, list), append(l.bands, band)
		all = append(all, list, band[0], band[1])
	}
	low, high := extent(all...)
	least := 0.0
	if c.Format.Decimals == 0 {
		least = 1
	}
	l.scale = niceTicks(f.lang, low, high, 4, least)
	l.ends = make([]ending, len(c.Series))
	right := l.nameEnds(n)
	l.plot = box{max(linesLeft, math.Ceil(l.scale.room(f))), linesTop, float64(f.width) - right, float64(f.height - l.bottom())}
	l.panel = panel{l.plot.top, l.plot.bottom - l.plot.top, l.scale.first, l.scale.last}
	l.band = (l.plot.right - l.plot.left) / float64(max(n, 1))
	l.names = under(c.Categories, l.plot.left, l.band, f)
	for i := range l.ends {
		if e := &l.ends[i]; e.at >= 0 {
			e.x, e.y = l.x(e.at), l.panel.y(l.series[i][e.at].v)
		}
	}
	l.apart()
	l.nameInside()
	return l
}

// bottom is the room below the plot.
func (l *linesLayout) bottom() int {
	if l.c.XName != "" {
		return linesBottom + l.f.font + lineOverheight
	}
	return linesBottom
}

// x is the middle of a category.
func (l *linesLayout) x(i int) float64 { return l.plot.left + (float64(i)+.5)*l.band }

// nameEnds finds the ends of the lines and what is written there, and returns
// the room on the right that the names of those take which last to the end.
func (l *linesLayout) nameEnds(n int) float64 {
	room, most := 46.0, float64(l.f.width)/3
	if !l.f.narrow {
		room = 64
	}
	for i, list := range l.series {
		e := &l.ends[i]
		if e.at = lastKnown(list); e.at < 0 {
			continue
		}
		e.above = e.at < n-2
		value := view.Figure(l.f.lang, list[e.at].v, l.c.Format.Decimals, false)
		if textWidth(value, l.f.font) > most-endName-2 {
			value = inPowers(list[e.at].v)
		}
		width := most - endName - textWidth(" "+value, l.f.font)
		e.text = strings.TrimSpace(shorten(l.c.Series[i].Name, l.f.font, width) + " " + value)
		if !e.above {
			room = max(room, math.Ceil(textWidth(e.text, l.f.font)+endName+2))
		}
	}
	return min(room, most)
}

// closer is how much closer the ends of lines are taken to be than drawn: where
// a chart is shown smaller, they are closer and the text is not.
const closer = .75

// apart moves the names at the ends of lines up or down, so that they do not
// cover each other: names closer than a line of text move away from each other
// by halves, and stay in the frame. Names for which there is no height are left
// out.
func (l *linesLayout) apart() {
	var order []int
	for i, e := range l.ends {
		if e.at >= 0 && !e.above {
			order = append(order, i)
		}
	}
	gap := float64(l.f.font + lineOverheight)
	low := float64(l.f.font)/2 - l.plot.top
	high := (l.plot.bottom-l.plot.top)*closer + gap/2
	if most := int((high-low)/gap) + 1; len(order) > most {
		for _, i := range order[most:] {
			l.ends[i].text = ""
		}
		order = order[:most]
	}
	place := make([]float64, len(l.ends))
	for _, i := range order {
		place[i] = (l.ends[i].y - l.plot.top) * closer
	}
	start := slices.Clone(place)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
	for range 20 * len(order) {
		for k := 1; k < len(order); k++ {
			above, below := order[k-1], order[k]
			if lack := gap - (place[below] - place[above]); lack > 0 {
				place[above] -= lack / 2
				place[below] += lack / 2
			}
		}
	}
	for _, i := range order {
		place[i] = max(place[i], low)
		low = place[i] + gap
	}
	for _, i := range slices.Backward(order) {
		place[i] = min(place[i], high)
		high = place[i] - gap
		l.ends[i].off = round(place[i]-start[i], 1)
	}
}

// nameInside names the lines that stop early above their ends, or as near as
// there is room.
func (l *linesLayout) nameInside() {
	size := l.f.font
	var placed taken
	for i, e := range l.ends {
		if e.at >= 0 {
			placed = append(placed, box{e.x - endRadius, e.y - endRadius, e.x + endRadius, e.y + endRadius})
		}
		if e.text != "" && !e.above {
			placed = append(placed, l.endBox(i))
		}
	}
	for i := range l.ends {
		e := &l.ends[i]
		if e.text == "" || !e.above {
			continue
		}
		w := textWidth(e.text, size) * l.f.spare()
		e.aside = max(0, w/2+1-e.x) - max(0, e.x+w/2+1-float64(l.f.width))
		if at, ok := l.nearby(i, 6, append(slices.Clip(placed), l.stops(i)...)); ok {
			placed = append(placed, at)
		} else if at, ok := l.nearby(i, 12, placed); ok {
			placed = append(placed, at)
		} else {
			e.text = ""
		}
	}
}

// nearby moves the name of a line that stops early to the nearest place, above
// or below its end, that is free.
func (l *linesLayout) nearby(i, most int, there taken) (box, bool) {
	e, line := &l.ends[i], float64(l.f.font+lineOverheight)
	for k := range most {
		e.off = -float64(k/2) * line
		if k%2 == 1 {
			e.off = 2*endName + float64(l.f.font) + float64(k/2)*line
		}
		if at := l.endBox(i); at.in(l.f) && at.bottom <= l.plot.bottom && there.free(at) {
			return at, true
		}
	}
	return box{}, false
}

// stops are points of the lines around the end of one, as small boxes.
func (l *linesLayout) stops(i int) taken {
	const fine = 2 // pixels
	var out taken
	reach := textWidth(l.ends[i].text, l.f.font)
	for _, list := range l.series {
		for _, piece := range l.pieces(list) {
			for k := 1; k < len(piece); k++ {
				a, b := piece[k-1], piece[k]
				if b.x < l.ends[i].x-reach || a.x > l.ends[i].x+reach {
					continue
				}
				steps := math.Ceil(math.Hypot(b.x-a.x, b.y-a.y)/fine) + 1
				for s := 0.0; s <= steps; s++ {
					x, y := a.x+(b.x-a.x)*s/steps, a.y+(b.y-a.y)*s/steps
					out = append(out, box{x - 1, y - 1, x + 1, y + 1})
				}
			}
		}
	}
	return out
}

// endBox is the box of the name of a line.
func (l *linesLayout) endBox(i int) box {
	c := l.endCaption(i)
	return lineBox(c.text, l.f.font, c.x, c.y, c.anchor, 1)
}

// endCaption is the name of a line.
func (l *linesLayout) endCaption(i int) caption {
	e := l.ends[i]
	c := caption{text: e.text, x: e.x + endName, y: e.y + e.off, anchor: "start", colour: "@ink"}
	if e.above {
		c.x, c.y, c.anchor, c.clear = e.x+e.aside, e.y-endName-float64(l.f.font)/2+e.off, "", true
	}
	return c
}

// pieces are the unbroken parts of a line.
func (l *linesLayout) pieces(list []number) [][]point {
	var out [][]point
	whole := false // the piece before goes on
	for i, n := range list {
		if !n.known {
			whole = false
			continue
		}
		if !whole {
			out = append(out, nil)
		}
		k := len(out) - 1
		out[k], whole = append(out[k], point{l.x(i), l.panel.y(n.v)}), true
	}
	return out
}

// alone tells whether a number has no neighbour to be joined to.
func alone(list []number, i int) bool {
	return list[i].known && (i == 0 || !list[i-1].known) && (i == len(list)-1 || !list[i+1].known)
}

// draw draws the lines.
func (l *linesLayout) draw(p *pen) {
	notes := remarks(l.c, l.x, 0)
	p.ground(notes, l.plot.top, l.plot.bottom)
	defer p.remarks(notes, l.plot.top, l.plot.bottom)
	p.ladder(l.plot, l.scale, l.panel)
	zero := half(l.panel.y(0))
	p.rule(l.plot.left, zero, l.plot.right, zero, "@ink3")
	p.names(l.names, l.plot.left, l.band, l.plot.bottom+nameDistance)
	p.text(l.xName())
	for i := range l.bands {
		p.areas(l.areas(i), lineLook(l.c.Series, i).colour)
	}
	for i, list := range l.series {
		p.path(l.pieces(list), lineLook(l.c.Series, i), false)
	}
	for i, e := range l.ends {
		if e.at >= 0 {
			p.dot(e.x, e.y, endRadius, lineLook(l.c.Series, i).colour)
		}
	}
	for i := range l.ends {
		p.text(l.endCaption(i))
	}
}

// xName is the name of the axis under the names of the categories.
func (l *linesLayout) xName() caption {
	return caption{text: shorten(l.c.XName, l.f.font, (l.plot.right-l.plot.left)/l.f.edgeSpare()), x: (l.plot.left + l.plot.right) / 2,
		y: float64(l.f.height) - float64(l.f.font)/2 - 2, colour: "@ink2"}
}

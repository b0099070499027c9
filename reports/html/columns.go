package html

import (
	"math"

	"verso/reports/view"
)

// The heights, in pixels, that the labels of time columns need: above the
// differences, between the panels, under the axis, and under negative columns.
const (
	columnsTop      = 16
	columnsBetween  = 34
	columnsBottom   = 38
	columnsNegative = 16
)

// How time columns stand: the share of a category that they take, the share of
// a column that covers the one beside it, and the most that one is wide.
const (
	columnsSide    = 4 // pixels left and right of the plot
	columnShare    = .62
	columnCover    = .7
	columnMost     = 48
	differShare    = .44
	differMost     = 36
	labelDistance  = 5 // pixels from a mark to its label
	labelsApart    = 2 // pixels between labels
	nameDistance   = 8 // pixels from an axis to its names
	lineOverheight = 3 // pixels between lines of text
)

// byRole returns the first series of a role, or nil.
func byRole(c *view.Chart, r view.Role) *view.Series {
	for i := range c.Series {
		if c.Series[i].Role == r {
			return &c.Series[i]
		}
	}
	return nil
}

// panel is a part of a drawing with a scale from low (its foot) to high.
type panel struct{ top, height, low, high float64 }

// y is where a number stands.
func (p panel) y(v float64) float64 { return p.top + (p.high-v)/(p.high-p.low)*p.height }

// columnsLayout is where everything in time columns stands: periods from left to
// right, actual before previous year, and above them the differences on the same
// scale, so that lengths compare.
type columnsLayout struct {
	c        *view.Chart
	f        frame
	ac, py   *view.Series // py may be nil
	acs, pys []number
	diffs    []number // nil where no number has a previous one
	band     float64  // width of a category
	width    float64  // of a column
	differ   float64  // width of a difference
	main     panel
	upper    panel    // of the differences
	names    []string // under the axis; "" are left out
	namesTop float64  // of the names
	labels   []tagged // of actual values, by category
	changes  []tagged // of differences
	placed   taken    // the labels
}

// tagged is a label of a category: its text, "" for none, how far it stands from
// its mark, and how far it is moved to the right.
type tagged struct {
	text            string
	x, y            float64 // the middle
	distance, aside float64
	below           bool
}

// layColumns places time columns in a frame.
func layColumns(c *view.Chart, f frame) *columnsLayout {
	l := &columnsLayout{c: c, f: f, ac: byRole(c, view.AC), py: byRole(c, view.PY)}
	if l.ac == nil {
		l.ac = &view.Series{}
	}
	n := len(c.Categories)
	l.acs = numbers(l.ac.Values, c.Format, n)
	if l.py != nil {
		l.pys = numbers(l.py.Values, c.Format, n)
		l.diffs = differences(l.acs, l.pys)
	}
	l.panels()
	l.band = (float64(f.width) - 2*columnsSide) / float64(max(n, 1))
	l.width = min(columnMost, columnShare*l.band)
	if l.py != nil {
		l.width = min(columnMost, columnShare*l.band/(2-columnCover))
	}
	l.differ = min(differMost, differShare*l.band)
	l.names = under(c.Categories, columnsSide, l.band, f)
	for _, r := range l.remarks() { // values give way to the numbers of notes
		at := r.caption(l.main.top, f.font)
		l.placed = append(l.placed, lineBox(at.text, at.size, at.x, at.y, at.anchor, 1))
	}
	l.labelColumns()
	l.labelChanges()
	return l
}

// differences are the changes from the previous to the actual numbers, where
// both are known; nil where they never are.
func differences(ac, py []number) []number {
	out := make([]number, len(ac))
	some := false
	for i := range out {
		if ac[i].known && py[i].known {
			out[i], some = number{ac[i].v - py[i].v, true}, true
		}
	}
	if !some {
		return nil
	}
	return out
}

// panels shares the height between the columns and the differences.
func (l *columnsLayout) panels() {
	low, high := extent(l.acs, l.pys)
	dLow, dHigh := extent(l.diffs)
	if high == low {
		high = low + 1
	}
	bottom := float64(columnsBottom)
	if low < 0 {
		bottom += columnsNegative
	}
	room := float64(l.f.height) - columnsTop - bottom
	if l.diffs != nil {
		room -= columnsBetween
	}
	perUnit := room / (high - low + dHigh - dLow)
	l.main = panel{top: columnsTop, height: perUnit * (high - low), low: low, high: high}
	if l.diffs != nil {
		if dHigh == 0 {
			dHigh = (high - low) * 1e-9 // an axis has a length
		}
		l.upper = panel{top: columnsTop, height: max(perUnit*(dHigh-dLow), 1), low: dLow, high: dHigh}
		l.main.top += perUnit*(dHigh-dLow) + columnsBetween
	}
	l.namesTop = float64(l.f.height) - columnsBottom + nameDistance
}

// middle is the x of the middle of a category.
func (l *columnsLayout) middle(i int) float64 { return columnsSide + (float64(i)+.5)*l.band }

// previous and actual are the columns of a category; they have no height where
// there is no number.
func (l *columnsLayout) previous(i int) box {
	left := l.middle(i) - l.width*(2-columnCover)/2
	return l.column(left, l.pys, i)
}

func (l *columnsLayout) actual(i int) box {
	left := l.middle(i) - l.width/2
	if l.py != nil {
		left = l.middle(i) - l.width*(2-columnCover)/2 + l.width*(1-columnCover)
	}
	return l.column(left, l.acs, i)
}

func (l *columnsLayout) column(left float64, values []number, i int) box {
	v := 0.0
	if i < len(values) {
		v = values[i].v
	}
	zero, end := l.main.y(0), l.main.y(v)
	return box{left, min(zero, end), left + l.width, max(zero, end)}
}

// difference is the column of a change.
func (l *columnsLayout) difference(i int) box {
	zero, end := l.upper.y(0), l.upper.y(l.diffs[i].v)
	left := l.middle(i) - l.differ/2
	return box{left, min(zero, end), left + l.differ, max(zero, end)}
}

// labelColumns writes the actual values beyond their columns, as many as stand
// there without touching a column or each other.
func (l *columnsLayout) labelColumns() {
	l.labels = make([]tagged, len(l.acs))
	var bars []taken
	for i := range l.acs {
		bars = append(bars, taken{l.previous(i), l.actual(i)})
	}
	for i, v := range l.acs {
		if !v.known {
			continue
		}
		bar := l.actual(i)
		t := tagged{text: view.Figure(l.f.lang, v.v, l.c.Format.Decimals, false), x: (bar.left + bar.right) / 2, below: v.v < 0, distance: labelDistance}
		if py := l.previous(i); l.py != nil && t.below {
			t.distance += max(0, py.bottom-bar.bottom)
		} else if l.py != nil {
			t.distance += max(0, bar.top-py.top) // the previous year's column stands behind and is higher
		}
		t.y = bar.top
		if t.below {
			t.y = bar.bottom
		}
		l.labels[i] = t
	}
	l.fit(l.labels, bars)
}

// labelChanges writes the differences.
func (l *columnsLayout) labelChanges() {
	l.changes = make([]tagged, len(l.diffs))
	bars := make([]taken, len(l.diffs))
	for i, v := range l.diffs {
		if v.known {
			bar := l.difference(i)
			bars[i] = taken{bar}
			l.changes[i] = tagged{text: view.Figure(l.f.lang, v.v, l.c.Format.Decimals, true), x: l.middle(i), y: bar.top, below: v.v < 0, distance: labelDistance}
			if v.v < 0 {
				l.changes[i].y = bar.bottom
			}
		}
	}
	l.fit(l.changes, bars)
}

// fit keeps of labels those that find a place, the last, the highest and the
// lowest first: beyond their column, else a line farther, else none. The y of a
// label comes as the end of its mark and leaves as its middle.
func (l *columnsLayout) fit(labels []tagged, bars []taken) {
	size := l.f.font - 1
	for _, i := range priority(labels) {
		t := &labels[i]
		w := textWidth(t.text, size) * l.f.spare()
		t.aside = max(0, w/2-t.x) - max(0, t.x+w/2-float64(l.f.width))
		t.x += t.aside
		found := false
		lines := []float64{0, float64(size + 2)}
		if w > 1.5*l.band {
			lines = lines[:1] // farther up it could belong to a neighbour
		}
		for _, farther := range lines {
			y := t.y - t.distance - farther - float64(size)/2
			if t.below {
				y = t.y + t.distance + farther + float64(size)/2
			}
			at := box{t.x - w/2, y - float64(size)/2, t.x + w/2, y + float64(size)/2}
			apart := box{at.left - labelsApart, at.top, at.right + labelsApart, at.bottom}
			if found = at.in(l.f) && l.placed.free(apart) && clear(bars, i, at); found {
				l.placed = append(l.placed, at)
				t.y, t.distance = y, t.distance+farther
				break
			}
		}
		if !found {
			t.text = ""
		}
	}
}

// clear tells whether a label meets no column of other categories.
func clear(bars []taken, own int, at box) bool {
	for i, b := range bars {
		if i != own && !b.free(at) {
			return false
		}
	}
	return true
}

// priority is the order in which labels are placed: the last, the one farthest
// up, the one farthest down, then from the last to the first.
func priority(labels []tagged) []int {
	last, top, bottom := -1, -1, -1
	for i, t := range labels {
		if t.text == "" {
			continue
		}
		last = i
		if top < 0 || t.y < labels[top].y {
			top = i
		}
		if bottom < 0 || t.y >= labels[bottom].y {
			bottom = i
		}
	}
	var out []int
	done := make([]bool, len(labels))
	add := func(i int) {
		if i >= 0 && !done[i] && labels[i].text != "" {
			out, done[i] = append(out, i), true
		}
	}
	add(last)
	add(top)
	add(bottom)
	for i := range labels {
		add(len(labels) - 1 - i)
	}
	return out
}

// draw draws the columns.
func (l *columnsLayout) draw(p *pen) {
	notes := l.remarks()
	p.ground(notes, l.main.top, l.main.top+l.main.height)
	defer p.remarks(notes, l.main.top, l.main.top+l.main.height)
	if l.py != nil {
		for i, v := range l.pys {
			if v.known && v.v != 0 {
				p.rect(l.previous(i), "@py")
			}
		}
	}
	for i, v := range l.acs {
		if v.known && v.v != 0 {
			p.rect(l.actual(i), "@ac")
		}
	}
	right := float64(l.f.width) - columnsSide
	for i, v := range l.diffs {
		if v.known && v.v != 0 {
			p.rect(l.difference(i), l.tone(i))
		}
	}
	p.rule(columnsSide, half(l.main.y(0)), right, half(l.main.y(0)), "@ink3")
	if l.diffs != nil {
		p.rule(columnsSide, half(l.upper.y(0)), right, half(l.upper.y(0)), "@ink3")
	}
	for i, t := range l.labels {
		p.text(caption{text: t.text, x: t.x, y: t.y, colour: "@ink", size: l.f.font - 1})
		if i < len(l.changes) {
			t = l.changes[i]
			p.text(caption{text: t.text, x: t.x, y: t.y, colour: l.tone(i), size: l.f.font - 1})
		}
	}
	p.names(l.names, columnsSide, l.band, l.namesTop)
}

// remarks are the notes on the columns.
func (l *columnsLayout) remarks() []remark { return remarks(l.c, l.middle, l.band/2) }

// tone is the colour of a difference.
func (l *columnsLayout) tone(i int) string {
	if !l.diffs[i].known {
		return "@ink2"
	}
	return toneColour(view.ToneOf(view.N(l.diffs[i].v), l.c.Better))
}

// half is the middle of the pixel that a line of one pixel is drawn on.
func half(v float64) float64 { return math.Floor(v) + .5 }

// toneColour is the colour name of a business meaning.
func toneColour(t view.Tone) string {
	switch t {
	case view.Good:
		return "@good"
	case view.Bad:
		return "@bad"
	case view.Caution:
		return "@warn"
	}
	return "@ink2"
}

package html

import (
	"strings"
	"unicode"
)

// latin is how wide the characters from space to tilde are, in thousandths of
// the size of the text: the advance widths of Helvetica in Adobe's Core 14 font
// metrics, which the sans-serif faces of today's systems are near to.
var latin = [...]int{278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584}

// slack is by how much the widest usual face is wider than Helvetica.
const slack = 1.08

// runeWidth estimates the width of a character, as a share of the size of the
// text. Chinese, Japanese and Korean characters are as wide as they are high.
func runeWidth(r rune) float64 {
	switch {
	case r >= ' ' && r <= '~':
		return float64(latin[r-' ']) / 1000 * slack
	case r == '−':
		return .584 * slack
	case r >= 0x1f000:
		return 1.3
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80, r == '…', r >= 0x2190 && r <= 0x21ff:
		return 1
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
		return 0
	case r < 0x250, r >= 0x2000 && r <= 0x206f:
		return .62
	}
	return .8
}

// textWidth estimates the width in pixels of one line of text.
func textWidth(s string, size int) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * float64(size)
}

// shorten is a line of text that is at most so wide, cut with "…" where it has
// to be; "" where not even a character fits.
func shorten(s string, size int, width float64) string {
	s = strings.Join(strings.Fields(s), " ")
	limit, w, cut := width/float64(size), 0.0, 0
	for i, r := range s {
		if w+1 <= limit { // with "…", which is as wide as its size
			cut = i
		}
		if w += runeWidth(r); w > limit {
			if kept := strings.TrimRight(s[:cut], " "); kept != "" {
				return kept + "…"
			}
			return ""
		}
	}
	return s
}

// box is a rectangle of a drawing.
type box struct{ left, top, right, bottom float64 }

// meets tells whether two boxes share more than an edge.
func (b box) meets(c box) bool {
	return b.left < c.right && c.left < b.right && b.top < c.bottom && c.top < b.bottom
}

// in tells whether the box lies in a frame.
func (b box) in(f frame) bool {
	return b.left >= 0 && b.top >= 0 && b.right <= float64(f.width) && b.bottom <= float64(f.height)
}

// taken collects what stands in a drawing, so that texts are put elsewhere.
type taken []box

// free tells whether a box meets nothing that is there.
func (t taken) free(b box) bool {
	for _, other := range t {
		if other.meets(b) {
			return false
		}
	}
	return true
}

// lineBox is the box of a line of text around the middle of its height.
func lineBox(s string, size int, x, y float64, anchor string, spare float64) box {
	w, h := textWidth(s, size)*spare, float64(size)
	switch anchor {
	case "start":
		return box{x, y - h/2, x + w, y + h/2}
	case "end":
		return box{x - w, y - h/2, x, y + h/2}
	}
	return box{x - w/2, y - h/2, x + w/2, y + h/2}
}

// under chooses what of the names of categories is written below an axis, so
// that no two touch and none leaves the frame: all of them, or every second,
// third and so on, beginning where most names of two lines (a month with its
// year) are among them. Names left out are "". Categories stand a band apart,
// the first half a band from left.
func under(names []string, left, band float64, f frame) []string {
	limit := band - 4
	if band < 60 {
		limit = max(limit, float64(f.width)/5)
	}
	short := make([]string, len(names))
	for i, name := range names {
		lines := strings.SplitN(name, "\n", 3)
		for k := range lines {
			lines[k] = shorten(lines[k], f.font, limit)
		}
		short[i] = strings.Join(lines[:min(len(lines), 2)], "\n")
	}
	for step := 1; step <= len(names); step++ {
		var best []string
		most := -1
		for offset := range step {
			shown, score := everyNth(short, step, offset, left, band, f)
			if score > most {
				best, most = shown, score
			}
		}
		if most >= 0 {
			return best
		}
	}
	return make([]string, len(names))
}

// everyNth is the names left when every step-th is shown from an offset on, and
// how good that is: -1 where two would touch.
func everyNth(names []string, step, offset int, left, band float64, f frame) (shown []string, score int) {
	shown = make([]string, len(names))
	edge := 0.0
	for i := offset; i < len(names); i += step {
		w := 0.0
		lines := strings.Split(names[i], "\n")
		for _, line := range lines {
			w = max(w, textWidth(line, f.font)*f.spare())
		}
		x := left + (float64(i)+.5)*band
		if e := w / f.spare() * f.edgeSpare(); w == 0 || x-e/2 < 0 || x+e/2 > float64(f.width) {
			continue
		}
		if x-w/2 < edge {
			return nil, -1
		}
		edge = x + w/2 + 4
		shown[i] = names[i]
		if score++; len(lines) > 1 {
			score += len(names)
		}
	}
	return shown, score
}

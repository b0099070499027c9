package html

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// pen writes the inside of a drawing. Coordinates are pixels of its frame;
// colours are names of the palette ("@ac"), written as classes that follow the
// theme. Whatever comes from the data passes through text, which escapes it.
type pen struct {
	b    strings.Builder
	font int // of a text that names no other
}

// newPen is a pen for a drawing with texts of a size.
func newPen(font int) *pen {
	p := &pen{font: font}
	fmt.Fprintf(&p.b, `<g font-size="%dpx">`, font)
	return p
}

// done is the drawing.
func (p *pen) done() string { return p.b.String() + "</g>" }

// attr writes a coordinate.
func (p *pen) attr(name string, v float64) {
	p.b.WriteString(" " + name + `="` + num(v) + `"`)
}

// class writes the class of a fill ("f") or a stroke ("s").
func (p *pen) class(kind, colour string) {
	p.b.WriteString(` class="` + kind + "-" + strings.TrimPrefix(colour, "@") + `"`)
}

// rect fills a rectangle.
func (p *pen) rect(r box, colour string) {
	p.b.WriteString("<rect")
	p.attr("x", r.left)
	p.attr("y", r.top)
	p.attr("width", r.right-r.left)
	p.attr("height", r.bottom-r.top)
	p.class("f", colour)
	p.b.WriteString("/>")
}

// dot fills a circle.
func (p *pen) dot(x, y, radius float64, colour string) {
	p.b.WriteString("<circle")
	p.attr("cx", x)
	p.attr("cy", y)
	p.attr("r", radius)
	p.class("f", colour)
	p.b.WriteString("/>")
}

// rule draws a straight line of one pixel.
func (p *pen) rule(x1, y1, x2, y2 float64, colour string) {
	p.b.WriteString(`<path d="M` + num(x1) + " " + num(y1) + "L" + num(x2) + " " + num(y2) + `"`)
	p.class("s", colour)
	p.b.WriteString("/>")
}

// stroke is how a line is drawn.
type stroke struct {
	colour string
	width  float64
	dash   string // "", "dashed" or "dotted", as the chart library has them
}

// pattern is the lengths of the dashes and of the gaps between them.
func (s stroke) pattern() string {
	switch s.dash {
	case "dashed":
		return num(4*s.width) + "," + num(2*s.width)
	case "dotted":
		return num(s.width)
	}
	return ""
}

// path draws pieces of a line through points; a piece of one point is a dot,
// as a line through one point would not be seen.
func (p *pen) path(pieces [][]point, s stroke, closed bool) {
	var d strings.Builder
	for _, piece := range pieces {
		if len(piece) == 1 {
			p.dot(piece[0].x, piece[0].y, loneRadius, s.colour)
			continue
		}
		for i, at := range piece {
			d.WriteString(string("ML"[min(i, 1)]) + num(at.x) + " " + num(at.y))
		}
		if closed {
			d.WriteByte('Z')
		}
	}
	if d.Len() == 0 {
		return
	}
	p.b.WriteString(`<path fill="none" d="` + d.String() + `"`)
	if s.width != 1 {
		p.attr("stroke-width", s.width)
	}
	p.b.WriteString(` stroke-linejoin="round"`)
	if dash := s.pattern(); dash != "" {
		p.b.WriteString(` stroke-dasharray="` + dash + `"`)
	}
	p.class("s", s.colour)
	p.b.WriteString("/>")
}

// point is a place in a drawing.
type point struct{ x, y float64 }

// loneRadius is that of the dot that stands for a point of a line with no
// neighbours.
const loneRadius = 2

// caption is a text in a drawing.
type caption struct {
	text   string
	x, y   float64 // y of the middle of the line
	anchor string  // "start", "end", or "" for the middle
	colour string
	size   int  // pixels; 0 for the pen's
	clear  bool // with a margin in the colour of the ground, above what it crosses
}

// text writes a caption; an empty one is left out.
func (p *pen) text(c caption) {
	if c.text == "" {
		return
	}
	p.b.WriteString("<text")
	p.attr("x", c.x)
	p.attr("y", c.y)
	if c.anchor != "" {
		p.b.WriteString(` text-anchor="` + c.anchor + `"`)
	}
	if c.size != 0 && c.size != p.font {
		p.b.WriteString(` font-size="` + strconv.Itoa(c.size) + `px"`)
	}
	kind := "f"
	if c.clear {
		p.b.WriteString(` stroke-width="3" stroke-linejoin="round" paint-order="stroke"`)
		kind = "s-surface f"
	}
	p.class(kind, c.colour)
	p.b.WriteString(">" + template.HTMLEscapeString(legal(c.text)) + "</text>")
}

// legal replaces what XML cannot hold, such as NUL, in texts that came with the
// data.
func legal(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
			return '\ufffd'
		}
		return r
	}, s)
}

// num writes a coordinate with at most one decimal.
func num(f float64) string {
	s := strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
	if s == "-0" {
		return "0"
	}
	return s
}

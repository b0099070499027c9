package html

import "strings"

// ladder draws the light lines of a value axis, and its numbers on the left.
func (p *pen) ladder(plot box, t ticks, scale panel) {
	for i, text := range t.texts {
		y := scale.y(t.at(i))
		p.rule(plot.left, half(y), plot.right, half(y), "@grid")
		p.text(caption{text: text, x: plot.left - nameDistance, y: y, anchor: "end", colour: "@ink2"})
	}
}

// names writes the names of categories below an axis, line under line from top.
func (p *pen) names(names []string, left, band, top float64) {
	line := float64(p.font + lineOverheight)
	for i, name := range names {
		if name == "" {
			continue
		}
		for k, text := range strings.Split(name, "\n") {
			p.text(caption{text: text, x: left + (float64(i)+.5)*band, y: top + (float64(k)+.5)*line, colour: "@ink2"})
		}
	}
}

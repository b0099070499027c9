package html

import (
	"math"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"verso/reports/view"
)

// The edges of a heat map in pixels.
const (
	heatTop     = 2
	heatRight   = 4
	heatGap     = 2 // between cells
	heatSmaller = 3 // by how much the numbers in cells may be smaller than other text
)

// heatLayout is where everything in a heat map stands: a grid of cells shaded in
// five steps, each with its numbers.
type heatLayout struct {
	c             *view.Chart
	f             frame
	plot          box
	width, height float64 // of a cell with its gap
	columns, rows []string
	cells         []heatCell
	size          int // of the numbers
}

// heatCell is a cell and what of its text fits.
type heatCell struct {
	view.Cell
	lines   []string
	outside bool // the grid
}

// layHeat places a heat map in a frame.
func layHeat(c *view.Chart, f frame) *heatLayout {
	l := &heatLayout{c: c, f: f}
	most := float64(f.width) * .34
	left := 40.0
	if !f.narrow {
		left = 60
	}
	for _, name := range c.Rows {
		short := shorten(name, f.font, most-nameDistance-2)
		l.rows = append(l.rows, short)
		left = max(left, math.Ceil(textWidth(short, f.font))+nameDistance+2)
	}
	l.plot = box{left, heatTop, float64(f.width) - l.right(left), 0}
	l.width = (l.plot.right - l.plot.left) / float64(max(len(c.Categories), 1))
	l.columns = l.columnNames()
	lines := 1
	for _, name := range l.columns {
		lines = max(lines, 1+strings.Count(name, "\n"))
	}
	bottom := nameDistance + lines*(f.font+lineOverheight) + 2
	if c.XName != "" {
		bottom += f.font + lineOverheight
	}
	l.plot.bottom = float64(f.height - bottom)
	l.height = (l.plot.bottom - l.plot.top) / float64(max(len(c.Rows), 1))
	l.fill()
	return l
}

// right is the room on the right: some of the last column's name, where it is
// wider than its column.
func (l *heatLayout) right(left float64) float64 {
	n := len(l.c.Categories)
	if n == 0 {
		return heatRight
	}
	cell := (float64(l.f.width)/l.f.edgeSpare() - left - heatRight) / float64(n)
	last := textWidth(strings.TrimSpace(l.c.Categories[n-1]), l.f.font)
	return max(heatRight, min(math.Ceil((last-cell)/2)+2, .06*float64(l.f.width)))
}

// columnNames are the names below the columns: in one line where they fit, else
// every second a line lower, else cut; of many narrow columns only some.
func (l *heatLayout) columnNames() []string {
	const between = 4
	// Shown smaller, the plot loses more than the frame: the room on its left stays.
	edge := float64(l.f.width) - l.plot.right
	cell := (float64(l.f.width)/l.f.edgeSpare() - l.plot.left - edge) / float64(max(len(l.c.Categories), 1))
	names := make([]string, len(l.c.Categories))
	widest := 0.0
	for i, name := range l.c.Categories {
		names[i] = strings.Join(strings.Fields(name), " ")
		widest = max(widest, textWidth(names[i], l.f.font))
	}
	if widest <= cell-between {
		return names
	}
	if l.width < 20 {
		return under(names, l.plot.left, l.width, l.f)
	}
	for i, name := range names {
		left, right := l.plot.left+(float64(i)+.5)*cell, edge+(float64(len(names)-i)-.5)*cell
		names[i] = shorten(name, l.f.font, 2*min(cell-between/2, left, right))
		if i%2 == 1 {
			names[i] = "\n" + names[i]
		}
	}
	return names
}

// fill chooses the size of the numbers and what of them is written: all at the
// size of other text, else smaller, else only what fits.
func (l *heatLayout) fill() {
	room, high := l.width-heatGap, l.height-heatGap
	widest, lines := 0.0, 1
	for _, cell := range l.c.Cells {
		if cell.X < 0 || cell.Y < 0 || cell.X >= len(l.c.Categories) || cell.Y >= len(l.c.Rows) {
			l.cells = append(l.cells, heatCell{Cell: cell, outside: true})
			continue
		}
		texts := []string{cell.Label}
		if cell.Small != "" {
			texts, lines = append(texts, cell.Small), 2
		}
		for _, t := range texts {
			widest = max(widest, textWidth(t, 1))
		}
		l.cells = append(l.cells, heatCell{Cell: cell, lines: texts})
	}
	l.size = l.f.font
	for l.size > l.f.font-heatSmaller && (widest*float64(l.size) > room || float64(lines*(l.size+4)) > high) {
		l.size--
	}
	for i := range l.cells {
		kept := l.cells[i].lines[:0]
		for k, t := range l.cells[i].lines {
			if textWidth(t, l.size) > room || float64((k+1)*(l.size+4)) > high {
				break // a number is whole or is not there
			}
			kept = append(kept, t)
		}
		l.cells[i].lines = kept
	}
}

// colours are the fill of a cell, "" for none, and that of its text.
func (c heatCell) colours() (fill, ink string) {
	if c.Shade == 0 {
		return "", "@ink3"
	}
	shade := strconv.Itoa(max(1, min(5, c.Shade)))
	return "@heat" + shade, "@on" + shade
}

// box is the place of a cell.
func (l *heatLayout) box(c heatCell) box {
	x, y := l.plot.left+float64(c.X)*l.width, l.plot.top+float64(c.Y)*l.height
	const inset = heatGap / 2.
	return box{x + inset, y + inset, x + l.width - inset, y + l.height - inset}
}

// xName is the name of the horizontal axis, below those of the columns.
func (l *heatLayout) xName() caption {
	return caption{text: shorten(l.c.XName, l.f.font, (l.plot.right-l.plot.left)/l.f.edgeSpare()), x: (l.plot.left + l.plot.right) / 2,
		y: float64(l.f.height) - float64(l.f.font)/2 - 2, colour: "@ink2"}
}

// draw draws the cells.
func (l *heatLayout) draw(p *pen) {
	for i, name := range l.rows {
		p.text(caption{text: name, x: l.plot.left - nameDistance, y: l.plot.top + (float64(i)+.5)*l.height, anchor: "end", colour: "@ink2"})
	}
	p.names(l.columns, l.plot.left, l.width, l.plot.bottom+nameDistance)
	p.text(l.xName())
	for _, cell := range l.cells {
		if cell.outside {
			continue
		}
		at := l.box(cell)
		fill, ink := cell.colours()
		if fill != "" && at.right > at.left && at.bottom > at.top {
			p.rect(at, fill)
		}
		for k, t := range cell.lines {
			line := float64(l.size + 4)
			y := (at.top+at.bottom)/2 + (float64(k)-float64(len(cell.lines)-1)/2)*line
			p.text(caption{text: t, x: (at.left + at.right) / 2, y: y, colour: ink, size: l.size})
		}
	}
}

// option is the same for the chart library.
func (l *heatLayout) option() (map[string]any, error) {
	h := charts.NewHeatMap()
	h.SetXAxis(l.columns)
	x := categories(l.columns, 0, l.f, true)
	x.AxisLine = &opts.AxisLine{Show: opts.Bool(false)}
	h.SetGlobalOptions(
		charts.WithXAxisOpts(x),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: l.rows, Inverse: opts.Bool(true),
			AxisLine:  &opts.AxisLine{Show: opts.Bool(false)},
			SplitLine: &opts.SplitLine{Show: opts.Bool(false)},
			AxisLabel: &opts.AxisLabel{Show: opts.Bool(true), Color: "@ink2", FontSize: l.f.font}}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
	)
	h.GridList = []opts.Grid{l.f.grid(l.plot)}
	cells := make([]datum, len(l.cells))
	for i, cell := range l.cells {
		fill, ink := cell.colours()
		if fill == "" {
			fill = "@surface"
		}
		cells[i] = datum{Value: []any{cell.X, cell.Y, cell.Shade}, ItemStyle: &opts.ItemStyle{Color: fill},
			Label: &tag{Label: opts.Label{Formatter: strings.Join(cell.lines, "\n"), Color: ink}}}
		if len(cell.lines) == 0 {
			cells[i].Label.Show = opts.Bool(false)
		}
	}
	common := label("", "inside", "", l.size).Label
	common.LineHeight = float32(l.size + 4)
	h.MultiSeries = []charts.SingleSeries{{Name: l.c.Title, Type: "heatmap", Data: cells, Label: &common,
		ItemStyle: &opts.ItemStyle{BorderColor: "@surface", BorderWidth: heatGap}}}
	h.XAxisList[0].Data = l.columns
	h.Validate()
	o, err := finish(h.BaseConfiguration, l.f)
	if err != nil {
		return nil, err
	}
	if axes, ok := o["xAxis"].([]any); ok && len(axes) > 0 {
		setLabel(axes[0], "hideOverlap", false) // names a line lower are taken to cover the line above
		if name := l.xName(); name.text != "" {
			nameAxis(axes[0], name, name.y-float64(l.f.font)/2-l.plot.bottom)
		}
	}
	return o, nil
}

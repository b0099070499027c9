package html

import (
	"html/template"
	"math"
	"strings"

	"verso/reports/view"
)

// The size of the small drawings in table cells and key figures.
const (
	barWidth    = 96.0
	barHeight   = 14.0
	sparkWidth  = 120.0
	sparkHeight = 30.0
)

// shape is one element of a small drawing: a closed set, so that nothing from
// the data can become markup.
type shape struct {
	Rect           bool
	X, Y, W, H     string // rectangle
	D              string // path
	Class          string
	CX, CY, Radius string // circle when Radius is set
}

// drawing is a small inline SVG.
type drawing struct {
	Width, Height string
	Class         string
	Shapes        []shape
	Title         string
}

// bars draws the column of a table: the same scale for every row.
func bars(t *view.Table, column int) []drawing {
	c := t.Columns[column]
	low, high := 0.0, 0.0
	none := func(row view.Row) bool {
		return row.Kind == view.Total || row.Kind == view.Residual || (row.Kind == view.Others && c.Visual == view.Share)
	}
	for _, row := range t.Rows {
		if none(row) || column >= len(row.Cells) || !row.Cells[column].Has() {
			continue
		}
		low, high = math.Min(low, row.Cells[column].Float), math.Max(high, row.Cells[column].Float)
	}
	out := make([]drawing, len(t.Rows))
	for i, row := range t.Rows {
		if none(row) || column >= len(row.Cells) || !row.Cells[column].Has() || high == low {
			continue
		}
		out[i] = bar(row.Cells[column], c, low, high)
	}
	return out
}

// bar is one bar from zero on the scale low to high, with the zero line.
func bar(v view.Value, c view.Column, low, high float64) drawing {
	at := func(x float64) float64 { return (x - low) / (high - low) * barWidth }
	zero, end := at(0), at(v.Float)
	class := "f-py"
	if c.Visual == view.Variance {
		class = "f-" + strings.TrimPrefix(toneColour(view.ToneOf(v, c.Better)), "@")
	}
	left, width := math.Min(zero, end), math.Abs(end-zero)
	if v.Float != 0 {
		width = math.Max(width, 0.5)
	}
	return drawing{Width: num(barWidth), Height: num(barHeight), Class: "bar", Shapes: []shape{
		{Rect: true, X: num(left), Y: "2", W: num(width), H: num(barHeight - 4), Class: class},
		{Rect: true, X: num(math.Max(0, math.Min(zero, barWidth-1))), Y: "0", W: "1", H: num(barHeight), Class: "f-ink3"},
	}}
}

// intervals draws the column of a table as dots with the interval that the next two
// columns give, on one scale for every row with a line at zero. A dot whose
// interval lies on one side of zero has the colour of what that means.
func intervals(t *view.Table, column int) []drawing {
	c := t.Columns[column]
	out := make([]drawing, len(t.Rows))
	low, high := 0.0, 0.0
	has := func(row view.Row) bool {
		return row.Kind == view.Leaf && column+2 < len(row.Cells) && row.Cells[column].Has() && row.Cells[column+1].Has() && row.Cells[column+2].Has()
	}
	for _, row := range t.Rows {
		if has(row) {
			low, high = math.Min(low, row.Cells[column+1].Float), math.Max(high, row.Cells[column+2].Float)
		}
	}
	for i, row := range t.Rows {
		if !has(row) || high == low {
			continue
		}
		at := func(x float64) float64 { return 3 + (x-low)/(high-low)*(barWidth-6) }
		from, to := row.Cells[column+1].Float, row.Cells[column+2].Float
		class := "f-ink2"
		if from > 0 || to < 0 {
			class = "f-" + strings.TrimPrefix(toneColour(view.ToneOf(row.Cells[column], c.Better)), "@")
		}
		out[i] = drawing{Width: num(barWidth), Height: num(barHeight), Class: "bar", Shapes: []shape{
			{Rect: true, X: num(at(0) - .5), Y: "0", W: "1", H: num(barHeight), Class: "f-ink3"},
			{Rect: true, X: num(at(from)), Y: num(barHeight/2 - .75), W: num(math.Max(at(to)-at(from), .5)), H: "1.5", Class: class},
			{CX: num(at(row.Cells[column].Float)), CY: num(barHeight / 2), Radius: "3", Class: class},
		}}
	}
	return out
}

// spark draws a series as a line with its last point marked, and a bar at its foot
// where editors say something, which its title says. The scale starts at zero where
// the numbers are not negative.
func spark(values []view.Value, marks []view.Mark, title string) drawing {
	for _, m := range marks {
		title += "; " + m.Text
	}
	d := drawing{Width: num(sparkWidth), Height: num(sparkHeight), Class: "spark", Title: title}
	low, high, known := 0.0, 0.0, 0
	for _, v := range values {
		if v.Has() {
			low, high, known = math.Min(low, v.Float), math.Max(high, v.Float), known+1
		}
	}
	if known == 0 {
		return d
	}
	if high == low {
		high = low + 1
	}
	const inset = 4.0
	x := func(i int) float64 {
		return inset + float64(i)*(sparkWidth-2*inset)/math.Max(1, float64(len(values)-1))
	}
	y := func(f float64) float64 { return inset + (high-f)/(high-low)*(sparkHeight-2*inset) }
	var path strings.Builder
	pen, last := "M", -1
	for i, v := range values {
		if !v.Has() {
			pen = "M"
			continue
		}
		path.WriteString(pen + num(x(i)) + " " + num(y(v.Float)))
		pen, last = "L", i
	}
	for _, m := range marks { // a bar along the foot, below the line
		d.Shapes = append(d.Shapes, shape{Rect: true, X: num(x(m.First) - 1.5), Y: num(sparkHeight - 3), W: num(x(m.Last) - x(m.First) + 3), H: "3", Class: "f-warn"})
	}
	d.Shapes = append(d.Shapes, []shape{
		{Rect: true, X: "0", Y: num(y(0)), W: num(sparkWidth), H: "0.5", Class: "f-rule"},
		{D: path.String(), Class: "s-ink2 line"},
		{CX: num(x(last)), CY: num(y(values[last].Float)), Radius: "2.6", Class: "f-accent"},
	}...)
	return d
}

// raw marks markup made by this package.
func raw(s string) template.HTML { return template.HTML(s) } //nolint:gosec // the pen escapes what comes from data

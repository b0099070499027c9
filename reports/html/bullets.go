package html

import (
	"math"

	"verso/reports/view"
)

// targetAt is where the target of a bullet stands, as a share of its width.
const targetAt = .8

// bullets draws the column of a table as bars beside their targets, each row on the
// scale of its own target: it stands at the same place in all of them, and a bar
// that reaches it has reached the target. The light mark is where the row began. A
// row without a target above zero is not drawn.
func bullets(t *view.Table, column int) []drawing {
	out := make([]drawing, len(t.Rows))
	for i, row := range t.Rows {
		if row.Kind != view.Leaf || column+1 >= len(row.Cells) || !row.Cells[column].Has() || !row.Cells[column+1].Has() {
			continue
		}
		target := row.Cells[column+1].Float
		if !(target > 0) {
			continue
		}
		at := func(x float64) float64 {
			return math.Min(math.Max(x/target*targetAt, 0), 1) * (barWidth - 2)
		}
		d := drawing{Width: num(barWidth), Height: num(barHeight), Class: "bar", Shapes: []shape{
			{Rect: true, X: "0", Y: "4", W: num(at(row.Cells[column].Float)), H: num(barHeight - 8), Class: "f-ac"}}}
		if column+2 < len(row.Cells) && row.Cells[column+2].Has() {
			d.Shapes = append(d.Shapes, shape{Rect: true, X: num(at(row.Cells[column+2].Float)), Y: "1", W: "1.5", H: num(barHeight - 2), Class: "f-py"})
		}
		out[i] = d
		out[i].Shapes = append(out[i].Shapes, shape{Rect: true, X: num(at(target)), Y: "0", W: "2", H: num(barHeight), Class: "f-accent"})
	}
	return out
}

// control draws a series as a control chart: its centre, its limits, and a point
// on every value beyond them. The scale is that of values and limits, for how a
// process moves, not how large it is.
func control(v view.Value, title string) drawing {
	d := drawing{Width: num(sparkWidth), Height: num(sparkHeight), Class: "spark", Title: title}
	low, high := math.Inf(1), math.Inf(-1)
	for i, x := range v.Trend {
		if x.Has() {
			low, high = math.Min(low, x.Float), math.Max(high, x.Float)
		}
		if l := v.Limits[i]; l.Known {
			low, high = math.Min(low, l.Low), math.Max(high, l.High)
		}
	}
	if math.IsInf(low, 0) {
		return d
	}
	if high == low {
		low, high = low-1, high+1
	}
	const inset = 4.0
	x := func(i int) float64 {
		return inset + float64(i)*(sparkWidth-2*inset)/math.Max(1, float64(len(v.Trend)-1))
	}
	y := func(f float64) float64 { return inset + (high-f)/(high-low)*(sparkHeight-2*inset) }
	for _, of := range []struct {
		level func(view.Limit) float64
		class string
	}{{func(l view.Limit) float64 { return l.High }, "s-rule line"}, {func(l view.Limit) float64 { return l.Center }, "s-rule line"}, {func(l view.Limit) float64 { return l.Low }, "s-rule line"}} {
		path := through(len(v.Trend), func(i int) (float64, float64, bool) { return x(i), y(of.level(v.Limits[i])), v.Limits[i].Known })
		if path != "" {
			d.Shapes = append(d.Shapes, shape{D: path, Class: of.class})
		}
	}
	d.Shapes = append(d.Shapes, shape{D: through(len(v.Trend), func(i int) (float64, float64, bool) { return x(i), y(v.Trend[i].Float), v.Trend[i].Has() }), Class: "s-ink2 line"})
	for i, value := range v.Trend {
		if value.Has() && v.Limits[i].Out {
			d.Shapes = append(d.Shapes, shape{CX: num(x(i)), CY: num(y(value.Float)), Radius: "2.8", Class: "f-bad"})
		}
	}
	return d
}

// through is a path through points, broken where there is none.
func through(n int, point func(i int) (x, y float64, ok bool)) string {
	path, move := "", "M"
	for i := range n {
		x, y, ok := point(i)
		if !ok {
			move = "M"
			continue
		}
		path, move = path+move+num(x)+" "+num(y), "L"
	}
	return path
}

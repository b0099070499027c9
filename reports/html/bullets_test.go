package html

import (
	"testing"

	"verso/reports/view"
)

// The target stands at four fifths of the width in every row, whatever its size.
func TestBullets(t *testing.T) {
	row := func(cells ...view.Value) view.Row { return view.Row{Cells: cells} }
	table := &view.Table{Columns: []view.Column{{Visual: view.Bullet}, {}, {}}, Rows: []view.Row{
		row(view.N(.5), view.N(1), view.N(.25)), row(view.N(.02), view.N(.01), view.Value{}), row(view.N(.5), view.Value{}, view.N(.25)),
		row(view.N(.5), view.N(0), view.N(.25)), row(view.N(-1), view.N(1), view.N(.25)), {Kind: view.Total, Cells: []view.Value{view.N(.5), view.N(1), view.N(.25)}}, row(view.Value{}, view.N(1), view.Value{})}}
	got := bullets(table, 0)
	target := num((barWidth - 2) * targetAt)
	if a := got[0].Shapes; len(a) != 3 || a[0].W != num((barWidth-2)*.4) || a[1].X != num((barWidth-2)*.2) || a[2].X != target {
		t.Errorf("%+v", a)
	}
	// Beyond its width a bar is cut off; without a beginning it has no light mark.
	if b := got[1].Shapes; len(b) != 2 || b[0].W != num(barWidth-2) || b[1].X != target {
		t.Errorf("%+v", b)
	}
	if e := got[4].Shapes; e[0].W != "0" {
		t.Errorf("below zero: %+v", e)
	}
	for _, i := range []int{2, 3, 5, 6} {
		if len(got[i].Shapes) != 0 {
			t.Errorf("row %d is drawn: %+v", i, got[i].Shapes)
		}
	}
}

// A control chart marks what is beyond the limits, and only that.
func TestControlChart(t *testing.T) {
	limit := view.Limit{Known: true, Center: 2, Low: 1, High: 3}
	out := limit
	out.Out = true
	v := view.Value{Kind: view.Trend, Trend: []view.Value{view.N(2), {}, view.N(5), view.N(2)}, Limits: []view.Limit{limit, {}, out, limit}}
	d := control(v, "course")
	points, lines := 0, 0
	for _, s := range d.Shapes {
		if s.Radius != "" {
			points++
			if s.Class != "f-bad" || s.CY != "4" { // 5 is the top of the scale
				t.Errorf("%+v", s)
			}
		} else if s.D != "" {
			lines++
		}
	}
	if points != 1 || lines != 4 {
		t.Errorf("%d points, %d lines: %+v", points, lines, d.Shapes)
	}
	// One value, and none.
	one := view.Value{Kind: view.Trend, Trend: []view.Value{view.N(2)}, Limits: []view.Limit{{}}}
	if d := control(one, "one"); len(d.Shapes) != 1 {
		t.Errorf("%+v", d.Shapes)
	}
	none := view.Value{Kind: view.Trend, Trend: []view.Value{{}}, Limits: []view.Limit{{}}}
	if d := control(none, "none"); len(d.Shapes) != 0 {
		t.Errorf("%+v", d.Shapes)
	}
}

// What editors say of a month is marked on a sparkline, and said by its title.
func TestSparklinesShowAnnotations(t *testing.T) {
	values := []view.Value{view.N(2), view.N(3), view.N(5)}
	plain, marked := spark(values, nil, "Course"), spark(values, []view.Mark{{First: 1, Last: 2, Text: "A fair"}}, "Course")
	if len(marked.Shapes) != len(plain.Shapes)+1 || marked.Shapes[0].Class != "f-warn" || marked.Title != "Course; A fair" {
		t.Errorf("%+v", marked)
	}
}

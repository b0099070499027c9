package html

import (
	"testing"

	"verso/reports/view"
)

// Dots and lines share one scale with zero on it; a row without an interval, and
// totals, have none.
func TestIntervals(t *testing.T) {
	table := &view.Table{Columns: []view.Column{{}, {Visual: view.Interval, Better: 1}, {}, {}}, Rows: []view.Row{
		{Cells: []view.Value{view.T("a"), view.N(2), view.N(1), view.N(3)}},
		{Cells: []view.Value{view.T("b"), view.N(0), view.N(-1), view.N(1)}},
		{Cells: []view.Value{view.T("c"), {}, {}, {}}},
		{Cells: []view.Value{view.T("short"), view.N(1)}},
		{Kind: view.Total, Cells: []view.Value{view.T("all"), view.N(1), view.N(0), view.N(9)}},
	}}
	got := intervals(table, 1)
	if len(got) != 5 || got[2].Shapes != nil || got[3].Shapes != nil || got[4].Shapes != nil {
		t.Fatalf("%+v", got)
	}
	// The scale runs from -1 to 3 over 3 to 93 pixels: zero at 25.5.
	if a := got[0].Shapes; len(a) != 3 || a[0].X != "25" || a[1].X != "48" || a[1].W != "45" || a[2].CX != "70.5" || a[1].Class != "f-good" {
		t.Errorf("%+v", a)
	}
	if b := got[1].Shapes; b[1].X != "3" || b[1].W != "45" || b[2].CX != "25.5" || b[1].Class != "f-ink2" {
		t.Errorf("%+v", b)
	}
	if flat := intervals(&view.Table{Columns: table.Columns, Rows: []view.Row{{Cells: []view.Value{view.T("a"), view.N(0), view.N(0), view.N(0)}}}}, 1); flat[0].Shapes != nil {
		t.Errorf("%+v", flat)
	}
}

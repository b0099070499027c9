package page

import (
	"testing"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/reports/view"
)

func TestNameQuestions(t *testing.T) {
	now := &cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}, Time: &cube.Time{From: "2026-01-01", To: "2026-06-30"}, Limit: compile.DefaultLimit}
	before := &cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}, Time: &cube.Time{From: "2025-01-01", To: "2025-06-30"}, Limit: 7}
	from := func(q *cube.Query) view.Value {
		v := view.I(1)
		if q != nil {
			v.Origin = q
		}
		return v
	}
	const nowText, beforeText = "sales by customer.type show net time 2026-H1", "sales by customer.type show net time 2025-H1 limit 7"
	table := func(rows ...[]*cube.Query) view.Table {
		var out view.Table
		for _, cells := range rows {
			row := view.Row{Cells: []view.Value{view.T("x")}}
			for _, q := range cells {
				row.Cells = append(row.Cells, from(q))
			}
			out.Rows = append(out.Rows, row)
		}
		return out
	}
	running := table([]*cube.Query{nil})
	running.Rows[0].Cells[1] = view.Sum(from(now), view.I(7), from(now))
	mixed := table([]*cube.Query{nil})
	mixed.Rows[0].Cells[1] = view.Sub(from(now), from(before))
	for _, c := range []struct {
		name string
		in   view.Table
		want string
	}{
		{"the year before the year before it", table([]*cube.Query{now, before, nil}, []*cube.Query{now, before, nil}), nowText},
		{"most cells by far", table([]*cube.Query{now, before, before, before}, []*cube.Query{now, before, before, before}), beforeText},
		{"only some rows have it", table([]*cube.Query{now}, []*cube.Query{nil}, []*cube.Query{nil}), ""},
		{"calculated", table([]*cube.Query{nil}), ""},
		{"a sum of its figures", running, nowText},
		{"a difference of two questions", mixed, ""},
		{"empty", view.Table{}, ""},
		{"has one already", view.Table{Ask: "own", Rows: table([]*cube.Query{now}).Rows}, "own"},
	} {
		first, second := c.in, c.in
		figure := view.KPIRow{Items: []view.KPI{{Value: from(before)}, {Value: view.I(1)}, {Value: from(now), Ask: "own"}}}
		p := view.Page{Sections: []view.Section{{Blocks: []view.Block{{Table: &first}, {Chart: &view.Chart{Table: second}}, {Note: &view.Note{}}, {KPIs: &figure}}}}}
		NameQuestions(&p)
		if a := figure.Items; a[0].Ask != beforeText || a[1].Ask != "" || a[2].Ask != "own" {
			t.Errorf("key figures: %q, %q, %q", a[0].Ask, a[1].Ask, a[2].Ask)
		}
		blocks := p.Sections[0].Blocks
		if got, chart := blocks[0].Table.Ask, blocks[1].Chart.Table.Ask; got != c.want || chart != c.want {
			t.Errorf("%s: table %q, chart %q, want %q", c.name, got, chart, c.want)
		}
	}
}

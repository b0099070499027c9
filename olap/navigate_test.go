package olap_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func TestDrillDownAndRollUp(t *testing.T) {
	m := modelOf(t)
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "class.l1"}, Columns: []string{"date.year"}, Measures: []string{"net"},
		Where: []cube.Filter{{Field: "region.area", Op: "=", Values: []string{"East"}}}, Sort: []cube.Sort{{By: "class.l1", Desc: true}}, Top: &cube.Top{N: 3, Field: "class.l1", By: "net"}}
	down, err := cube.DrillDown(m, q, "class.l1", "T")
	if err != nil {
		t.Fatal(err)
	}
	want := q
	want.Rows = []string{"customer.type", "class.l2"}
	want.Where = append(want.Where[:1:1], cube.Filter{Field: "class.l1", Op: "key_in", Values: []string{"T"}})
	want.Sort = []cube.Sort{{By: "class.l2", Desc: true}}
	want.Top = &cube.Top{N: 3, Field: "class.l2", By: "net"}
	if diff := cmp.Diff(want, down); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	up, err := cube.RollUp(m, down, "class.l2")
	if diff := cmp.Diff(q, up); err != nil || diff != "" {
		t.Errorf("%v, roll up does not take drill down back (-want +got):\n%s", err, diff)
	}
	// The month was reached through the fiscal year.
	q = cube.Query{Cube: "sales", Columns: []string{"fiscal_quarter"}, Measures: []string{"net"}}
	down, err = cube.DrillDown(m, q, "date.fiscal_quarter", "FY2025-Q1")
	if err != nil || down.Columns[0] != "date.month" {
		t.Fatal(down, err)
	}
	if up, err = cube.RollUp(m, down, "month"); err != nil || up.Columns[0] != "date.fiscal_quarter" || up.Where != nil {
		t.Error(up, err)
	}
	// The next level is there already.
	q = cube.Query{Cube: "sales", Rows: []string{"customer.type", "customer.subtype"}, Measures: []string{"net"}}
	if down, err = cube.DrillDown(m, q, "customer.type", "(none)"); err != nil || len(down.Rows) != 1 || down.Rows[0] != "customer.subtype" {
		t.Error(down, err)
	}
}

// A cell is the total of the question drilled down from it, for every
// hierarchy, step by step to its last level.
func TestDrilledDownAnswersAddUpToTheirCell(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	m := modelOf(t)
	for _, c := range m.Cubes {
		for _, u := range c.Dimensions {
			for _, h := range u.Of.Hierarchies {
				q := cube.Query{Cube: c.Name, Rows: []string{u.Name + "." + h.Levels[0]}, Measures: c.MeasureNames()[:1], Totals: cube.Totals{Grand: true}}
				for q.Rows[0] != u.Name+"."+h.Levels[len(h.Levels)-1] {
					table, err := o.Ask(ctx, q)
					if err != nil {
						t.Fatal(err)
					}
					first := table.Rows[len(table.Rows)/2]
					if first.Level == 0 {
						first = table.Rows[0]
					}
					down, err := cube.DrillDown(m, q, q.Rows[0], first.Keys...)
					if err != nil {
						t.Fatal(err)
					}
					finer, err := o.Ask(ctx, down)
					if err != nil {
						t.Fatal(err)
					}
					if got, want := engine.Text(finer.Grand().Cells[1]), engine.Text(first.Cells[1]); got != want {
						t.Errorf("%s.%s: %s drilled down to %s gives %s, the cell is %s", c.Name, h.Name, q.Rows[0], down.Rows[0], got, want)
					}
					q = down
				}
			}
		}
	}
}

func TestNavigationRefused(t *testing.T) {
	m := modelOf(t)
	q := cube.Query{Cube: "sales", Rows: []string{"customer.name", "currency.code"}, Columns: []string{"date.year"}, Measures: []string{"net"}, Top: &cube.Top{N: 3, By: "net"},
		Having: []cube.Having{{By: "copies", Op: ">", Values: []string{"1"}}}, Where: []cube.Filter{{Any: []cube.Filter{{Field: "currency.code", Op: "=", Values: []string{"USD"}}}}}}
	_, down := cube.DrillDown(m, q, "customer.name", "7")
	_, away := cube.DrillDown(m, q, "class.l1", "T")
	_, typo := cube.DrillDown(m, q, "customer.nam")
	_, up := cube.RollUp(m, q, "date.year")
	_, across := cube.DrillAcross(m, q, "returns")
	_, pivot := cube.Pivot(q)
	_, swap := cube.Swap(q, "customer.name", "date.year")
	_, lost := cube.Swap(q, "customer.name", "date.month")
	for _, c := range []struct {
		err  error
		want string
	}{
		{down, "drill down: nothing is finer than customer.name in a hierarchy of customer; ask for the facts behind the cell"},
		{away, "drill down: class.l1 is on no axis; known: customer.name, currency.code, date.year"},
		{typo, `drill down: cube sales has no attribute "customer.nam"; did you mean customer.name?`},
		{up, "roll up: nothing is above date.year in a hierarchy of date; take it off its axis"},
		{across, "drill across: returns has no dimension currency (rows by currency.code); take it off; returns has no dimension currency (filtered by currency.code); take it off; " +
			"name measures of returns: return_value, return_copies, return_lines, return_orders, return_customers, return_titles, value_per_return, median_return, value_per_copy_returned, copies_per_return, returns_with_reason, reason_share, negative_lines, first_return, last_return; the ranking is by net, which returns does not have; take it off or rank by another measure; a condition is on copies, which returns does not have; take it off"},
		{pivot, "pivot: a ranking and conditions on measures are of the rows; take them off first"},
		{swap, "swap: customer.name is ranked and has to stay on the rows; take the ranking off first"},
		{lost, "swap: date.month is on no axis; known: customer.name, currency.code, date.year"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("%v\nwant %s", c.err, c.want)
		}
	}
}

func TestAcrossPivotSwap(t *testing.T) {
	ctx := context.Background()
	m, o := modelOf(t), open(t, olaptest.Star(t))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "class.group"}, Columns: []string{"date.year"}, Measures: []string{"net", "orders"},
		Totals: cube.Totals{Grand: true, Rows: true}, Sort: []cube.Sort{{By: "net", Desc: true}, {By: "class.group"}}, Time: &cube.Time{From: "2024-01-01"}}
	across, err := cube.DrillAcross(m, q, "returns", "return_value")
	if err != nil || across.Cube != "returns" || len(across.Sort) != 1 || across.Time != q.Time {
		t.Error(across, err)
	}
	if _, err := o.Ask(ctx, across); err != nil {
		t.Error(err)
	}
	a, err := o.Ask(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	pivoted, err := cube.Pivot(q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Ask(ctx, pivoted)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range a.Rows {
		for i, c := range a.Columns {
			if c.Kind != "measure" {
				continue
			}
			if got := b.Find(c.Keys...).Cells[b.ColumnOf(c.Name, r.Keys...)]; engine.Text(got) != engine.Text(r.Cells[i]) {
				t.Errorf("%q × %q: %v, pivoted %v", r.Keys, c.Keys, r.Cells[i], got)
			}
		}
	}
	swapped, err := cube.Swap(q, "class.group", "date.year")
	if err != nil || swapped.Rows[1] != "date.year" || swapped.Columns[0] != "class.group" || len(swapped.Sort) != 1 {
		t.Error(swapped, err)
	}
	if _, err := o.Ask(ctx, swapped); err != nil {
		t.Error(err)
	}
}

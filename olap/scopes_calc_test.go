package olap_test

import (
	"context"
	"math"
	"testing"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// Scopes go together with shares, ranks, conditions, column subtotals and
// rankings within parents: the parts of a comparison share out its total, and
// the rest behind a ranking is what the parent has more than its members.
func TestScopesWithCalculations(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	table, err := o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"channel.kind"}, Columns: []string{"date.year", "date.quarter"},
		Measures: []string{"net@py", "net@py:share.column", "net@ytd", "net@ytd:rank", "net@py:delta"},
		Time:     &cube.Time{From: "2024-01-01", To: "2025-06-30"}, Totals: cube.Totals{Grand: true, Cols: true, ColSub: true}})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range table.Columns {
		if c.Name != "net@py:share.column" {
			continue
		}
		sum := 0.0
		for _, r := range table.Rows[:len(table.Rows)-1] {
			if f, ok := engine.Float(r.Cells[i]); ok {
				sum += f
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("shares of %v add up to %v", c.Members, sum)
		}
	}
	table, err = o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"region.area", "customer.type", "date.quarter"}, Measures: []string{"net", "net@py", "net@ytd"},
		Time: &cube.Time{From: "2024-01-01", To: "2024-12-31"}, Top: &cube.Top{N: 2, Field: "customer.type", By: "net@py:delta", Others: true},
		Totals: cube.Totals{Rows: true, Grand: true}})
	if err != nil {
		t.Fatal(err)
	}
	for column := 3; column <= 5; column++ {
		for area := range map[string]bool{"North": true, "East": true, "South": true} {
			whole, parts := 0.0, 0.0
			for _, r := range table.Rows {
				f, _ := engine.Float(r.Cells[column])
				switch {
				case engine.Text(r.Cells[0]) != area:
				case r.Level == 1:
					whole = f
				case r.Level == 2:
					parts += f
				}
			}
			if whole == 0 || math.Abs(whole-parts) > 1e-6 {
				t.Errorf("%s: members and the rest of %s are %v, the subtotal is %v", table.Columns[column].Name, area, parts, whole)
			}
		}
	}
	table, err = o.Ask(ctx, cube.Query{Cube: "sales", Rows: []string{"channel.name", "date.month"}, Measures: []string{"net@ytd"},
		Time: &cube.Time{From: "2024-01-01", To: "2024-12-31"}, Having: []cube.Having{{By: "net@ytd.py:pct", Op: ">", Values: []string{"10%"}}}})
	if err != nil || len(table.Rows) == 0 || len(table.Notes) != 1 {
		t.Errorf("%v %v", table, err)
	}
}

package olap_test

import (
	"context"
	"fmt"
	"testing"

	"verso/olap"
	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func TestAskFirst(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	o, err := olap.Open(ctx, db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []cube.Query{
		{Cube: "sales", Measures: []string{"net", "orders", "customers", "aov"}},
		{Cube: "sales", Rows: []string{"customer.type"}, Columns: []string{"date.year"}, Measures: []string{"net", "margin_pct"}, Totals: cube.Totals{Grand: true, Cols: true}},
		{Cube: "sales", Rows: []string{"customer.name"}, Measures: []string{"net", "customers", "aov"}, Totals: cube.Totals{Grand: true}, Top: &cube.Top{N: 5, By: "net", Others: true}},
		{Cube: "sales", Rows: []string{"customer.tier", "class.l1"}, Measures: []string{"net"}, Totals: cube.Totals{Grand: true, Rows: true}, Sort: []cube.Sort{{By: "net", Desc: true}}, Where: []cube.Filter{{Field: "class.l1", Op: "in", Values: []string{"T", "文学", "(unknown)"}}}},
	} {
		e, err := o.Explain(q)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(e.SQL, e.Args)
		table, err := o.Ask(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range table.Columns {
			fmt.Print(c.Label, c.Members, " | ")
		}
		fmt.Println(table.Facts, table.Notes)
		for _, r := range table.Rows {
			fmt.Print(r.Level, r.Other, ": ")
			for _, c := range r.Cells {
				fmt.Print(engine.Text(c), " | ")
			}
			fmt.Println()
		}
	}
}

func modelOf(t testing.TB) *cube.Model {
	t.Helper()
	m, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

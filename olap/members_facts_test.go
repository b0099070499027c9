package olap_test

import (
	"context"
	"slices"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// Levels, sets and calculated members are found again by their keys, as
// filters and as cells of drill-through.
func TestKeysOfDerivedMembers(t *testing.T) {
	ctx := context.Background()
	for _, data := range []*olaptest.Data{olaptest.Build(olaptest.Default()), untidy(4)} {
		o := open(t, olaptest.Open(t, data))
		for _, name := range []string{"salesperson.teams_1", "salesperson.teams_2", "class.tree_2", "customer.set_top_decile", "class.l1+"} {
			q := cube.Query{Cube: "sales", Rows: []string{name}, Measures: []string{"lines"}}
			table := ask(t, o, q)
			field := table.Columns[0].Name
			for _, r := range table.Rows {
				want, _ := engine.Int(r.Cells[1])
				if got := askCount(t, o, cube.Filter{Field: field, Op: "key_in", Values: r.Keys}); got != want {
					t.Errorf("%s %v: key_in keeps %d, the row has %d", name, r.Keys, got, want)
				}
				if got := askCount(t, o, cube.Filter{Field: field, Op: "not_key_in", Values: r.Keys}); got != table.Facts-want {
					t.Errorf("%s %v: not_key_in keeps %d of %d", name, r.Keys, got, table.Facts)
				}
				page, err := o.Facts(ctx, q, olap.Cell{Row: r.Keys}, olap.Page{})
				if err != nil {
					t.Fatal(name, r.Keys, err)
				}
				if page.Total != want {
					t.Errorf("%s %v: %d facts behind it, the row has %d", name, r.Keys, page.Total, want)
				}
			}
		}
	}
}

// Calculated members have shares of the whole, and neither rank nor place in a
// running total; those of others are as without them.
func TestCalculationsBesideCalculatedMembers(t *testing.T) {
	o := open(t, olaptest.Star(t))
	q := cube.Query{Rows: []string{"class.l1"}, Measures: []string{"net", "net:rank", "net:running", "net:share.total", "net:index"}, Sort: []cube.Sort{{By: "net", Desc: true}}}
	plain := ask(t, o, q)
	q.Rows = []string{"class.l1+"}
	with := ask(t, o, q)
	last := with.Rows[len(with.Rows)-1]
	if !last.Calculated || last.Cells[2] != nil || last.Cells[3] != nil || last.Cells[4] == nil || last.Cells[5] != nil {
		t.Errorf("%v", last)
	}
	for i, r := range plain.Rows {
		if !slices.Equal(cells(r.Cells), cells(with.Rows[i].Cells)) {
			t.Errorf("%v, without calculated members %v", with.Rows[i].Cells, r.Cells)
		}
	}
}

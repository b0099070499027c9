package olap_test

import (
	"context"
	"testing"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// Amounts of the second cube keep their decimals by levels of parents and below
// a member, as without them.
func TestAmountsAcrossCubesByParents(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	if _, err := db.Exec(ctx, engine.SQL("UPDATE core.fact_return SET value = value + 0.4444")); err != nil {
		t.Fatal(err)
	}
	o := open(t, db)
	for _, c := range o.Cubes() {
		if !c.Virtual() {
			continue
		}
		ask := func(q cube.Query) []any {
			t.Helper()
			q.Cube, q.Measures, q.Totals = c.Name, []string{"net", "return_value"}, cube.Totals{Grand: true}
			table, err := o.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			row := table.Rows[len(table.Rows)-1].Cells
			return row[len(row)-2:]
		}
		want := ask(cube.Query{})
		for _, field := range []string{"customer.groups_1", "class.tree_2", "channel.partners_1", "salesperson.teams_1"} {
			got := ask(cube.Query{Rows: []string{field}})
			for i := range want {
				if engine.Text(got[i]) != engine.Text(want[i]) {
					t.Errorf("%s by %s: %v, everything is %v", c.Name, field, engine.Text(got[i]), engine.Text(want[i]))
				}
			}
		}
	}
}

package olap_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/rollup"
)

// contents are all rows of a rollup with its members' values for their keys.
func contents(t *testing.T, db engine.Database, s rollup.Status) (rows []string) {
	t.Helper()
	for _, table := range tablesOfRollup(t, db, s.Name) {
		err := engine.Rows(context.Background(), db, engine.SQL("SELECT * FROM rollup."+engine.QuoteIdent(table)+" ORDER BY ALL"), func(row []any) error {
			rows = append(rows, table+" "+fmt.Sprint(row...))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

func tablesOfRollup(t *testing.T, db engine.Database, name string) (tables []string) {
	t.Helper()
	err := engine.Rows(context.Background(), db, engine.SQL(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'rollup' AND (table_name = ? OR starts_with(table_name, ?)) ORDER BY 1`, name, name+"__"),
		func(row []any) error {
			tables = append(tables, engine.Text(row[0]))
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// A rebuild of the changed days leaves what a full build makes.
func TestRebuildEqualsBuild(t *testing.T) {
	ctx := context.Background()
	parts, whole := 0, 0
	for seed := range uint64(4) {
		db := olaptest.Open(t, untidy(seed*2))
		// An order of two months stays, so that its count needs bits before and after the change: a full build does
		// without where a rebuild keeps them.
		if _, err := db.Exec(ctx, engine.SQL(`INSERT INTO core.fact_order_line SELECT f.* REPLACE (900 AS order_key, d.day AS date_key)
FROM (SELECT * FROM core.fact_order_line ORDER BY line_id LIMIT 1) f
CROSS JOIN (SELECT unnest([min(date_key), max(date_key)]) AS day FROM core.fact_order_line WHERE date_key > 20000000) d`)); err != nil {
			t.Fatal(err)
		}
		m := modelOf(t)
		r := rand.New(rand.NewPCG(seed, 3))
		randomRollups(r, m, 3)
		m.Rollups = append(m.Rollups,
			&cube.Rollup{Name: "month", Cube: "sales", By: []string{"date.month", "customer.type"}, Distinct: []string{"orders", "customers"}},
			&cube.Rollup{Name: "days", Cube: "sales", By: []string{"date.day", "class.l1"}, Distinct: []string{"titles"}})
		o := rollup.Options{Run: "test", Limits: everything(), Samples: 4, Seed: seed}
		if _, err := rollup.Build(ctx, db, m, o); err != nil {
			t.Fatal(err)
		}
		// Facts of January come, go and change; on odd seeds a dimension too.
		change := `UPDATE core.fact_order_line SET net = net + 1, qty = qty + 1 WHERE date_key BETWEEN 20250105 AND 20250112;
DELETE FROM core.fact_order_line WHERE date_key = 20250113;
INSERT INTO core.fact_order_line SELECT * REPLACE (20250114 AS date_key, line_id + 100000 AS line_id, order_key + 100000 AS order_key) FROM core.fact_order_line WHERE date_key = 20250106`
		if seed%2 == 1 {
			change += `;UPDATE core.dim_customer SET customer_type = 'changed' WHERE customer_key = 1`
		}
		if _, err := db.Exec(ctx, engine.SQL(change)); err != nil {
			t.Fatal(err)
		}
		// What stays physically in the table shows that it was not built anew.
		if _, err := db.Exec(ctx, engine.SQL(`COMMENT ON TABLE rollup.month IS 'kept'; COMMENT ON TABLE rollup.days IS 'kept'`)); err != nil {
			t.Fatal(err)
		}
		got, err := rollup.Rebuild(ctx, db, m, []rollup.Days{{First: 20250105, Last: 20250114}}, o)
		if err != nil {
			t.Fatal(err)
		}
		row, err := engine.One(ctx, db, engine.SQL(`SELECT count(*) FROM duckdb_tables() WHERE comment = 'kept'`))
		if err != nil {
			t.Fatal(err)
		}
		n, _ := engine.Int(row[0])
		parts, whole = parts+int(n), whole+2-int(n)
		var before [][]string
		for _, s := range got {
			if s.State != rollup.OK {
				t.Fatalf("seed %d: %+v", seed, s)
			}
			before = append(before, contents(t, db, s))
		}
		want, err := rollup.Build(ctx, db, m, o)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range want {
			if diff := cmp.Diff(contents(t, db, s), before[i]); diff != "" {
				t.Fatalf("seed %d: %s by %v (-build +rebuild):\n%s", seed, s.Name, s.By, diff)
			}
			if s.Rows != got[i].Rows || s.Checked == 0 {
				t.Errorf("seed %d: build %+v, rebuild %+v", seed, s, got[i])
			}
		}
	}
	if parts == 0 || whole == 0 {
		t.Errorf("%d rollups were rebuilt in part and %d anew; want some of both", parts, whole)
	}
	t.Logf("%d rebuilt in part, %d anew", parts, whole)
}

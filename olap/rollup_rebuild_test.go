package olap_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/rollup"
)

// contents are all rows of the tables of a rollup, with the keys that bits
// stand for in their place: their bounds are a matter of storage.
func contents(t *testing.T, db engine.Database, s rollup.Status) (rows []string) {
	t.Helper()
	var keys []string
	for _, b := range bitsOf(t, db, s.Name) {
		name := engine.QuoteIdent(b.name)
		keys = append(keys, fmt.Sprintf("list_filter(range(%d, %d + bit_length(%s)), lambda k: get_bit(%s, CAST(k - %d AS INTEGER)) = 1) AS %s", b.low, b.low, name, name, b.low, name))
	}
	for _, table := range tablesOfRollup(t, db, s.Name) {
		columns := "*"
		if table == s.Name && len(keys) > 0 {
			columns = "* REPLACE (" + strings.Join(keys, ", ") + ")"
		}
		err := engine.Rows(context.Background(), db, engine.SQL("SELECT "+columns+" FROM rollup."+engine.QuoteIdent(table)+" ORDER BY ALL"), func(row []any) error {
			rows = append(rows, table+" "+fmt.Sprint(row...))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

// bits is a distinct count that a rollup keeps as bits, from the key low on.
type bits struct {
	name string
	low  int64
	high int64
}

func bitsOf(t *testing.T, db engine.Database, name string) (list []bits) {
	t.Helper()
	err := engine.Rows(context.Background(), db, engine.SQL(`SELECT b.key, CAST(b.value->>0 AS BIGINT), CAST(b.value->>1 AS BIGINT) FROM meta.rollup AS r, json_each(r.detail, '$.bits') AS b WHERE r.name = ? ORDER BY 1`, name),
		func(row []any) error {
			list = append(list, bits{row[0].(string), row[1].(int64), row[2].(int64)})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return list
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
	t.Parallel()
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
		o := rollup.Options{Run: "test", Limits: everything(), Samples: 2, Seed: seed}
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

// A rebuild keeps the bounds of bits where the keys at their ends are gone:
// a full build makes them narrower, and both count the same.
func TestRebuildKeepsWideBits(t *testing.T) {
	ctx := context.Background()
	data := six()
	facts := data.Table("core.fact_order_line")
	for i, row := range facts.Rows {
		row[facts.Column("title_key")] = int64(1 + i%2) // each in two months, which takes bits
		if row[facts.Column("line_id")] == int64(11) {
			row[facts.Column("title_key")] = int64(5000)
		}
	}
	db := olaptest.Open(t, data)
	m := modelOf(t)
	m.Rollups = []*cube.Rollup{{Name: "month", Cube: "sales", By: []string{"date.month", "class.l1"}, Distinct: []string{"titles"}}}
	o := rollup.Options{Run: "test", Limits: everything(), Samples: 20}
	steps := []func() ([]rollup.Status, error){
		func() ([]rollup.Status, error) { return rollup.Build(ctx, db, m, o) },
		func() ([]rollup.Status, error) {
			return rollup.Rebuild(ctx, db, m, []rollup.Days{{First: 20240501, Last: 20240501}}, o)
		},
		func() ([]rollup.Status, error) { return rollup.Build(ctx, db, m, o) },
	}
	var rows [][]string
	var high []int64
	for i, step := range steps {
		if i == 1 {
			if _, err := db.Exec(ctx, engine.SQL(`UPDATE core.fact_order_line SET title_key = 2 WHERE line_id = 11`)); err != nil {
				t.Fatal(err)
			}
		}
		list, err := step()
		if err != nil || list[0].State != rollup.OK {
			t.Fatal(list, err)
		}
		rows = append(rows, contents(t, db, list[0]))
		for _, b := range bitsOf(t, db, "month") {
			if b.name == "titles" {
				high = append(high, b.high)
			}
		}
	}
	if diff := cmp.Diff([]int64{5119, 5119, 1023}, high); diff != "" {
		t.Errorf("ends of the bits:\n%s", diff)
	}
	if diff := cmp.Diff(rows[2], rows[1]); diff != "" || cmp.Equal(rows[0], rows[1]) {
		t.Errorf("(-build +rebuild):\n%s", diff)
	}
}

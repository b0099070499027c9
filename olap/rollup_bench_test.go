package olap_test

import (
	"context"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/olaptest"
	"verso/olap/rollup"
)

// benchFacts are made in the database: 600,000 lines over two and a half years,
// 30 regions, 30 classes, 100 customers.
const benchFacts = `
INSERT INTO core.fact_order_line BY NAME
SELECT 1000000 + i AS line_id, 1000000 + i // 3 AS order_id, 1000000 + i // 3 AS order_key, 1 + i % 3 AS line_no,
  d.date_key, d.date AS order_date, f.customer_key, f.title_key, f.clc_key, f.geo_key, f.channel_key, f.employee_key, f.publisher_key, f.currency_key,
  1 + i % 7 AS qty, 0 AS qty_cancelled, CAST(10 + i % 990 AS DECIMAL(18,4)) AS gross, CAST(1 AS DECIMAL(18,4)) AS discount,
  CAST(9 + i % 990 AS DECIMAL(18,4)) AS net, CAST(9 + i % 990 AS DECIMAL(18,4)) AS net_ccy, CAST(1 AS DECIMAL(18,8)) AS rate, CAST(0 AS DECIMAL(18,4)) AS tax,
  CAST(5 + i % 500 AS DECIMAL(18,4)) AS cost, CAST(4 AS DECIMAL(18,4)) AS margin, FALSE AS is_rush, FALSE AS is_textbook, 'x' AS term, 'x' AS status, 'bench' AS source, i AS source_row
FROM range(600000) AS r(i)
JOIN (SELECT *, row_number() OVER (ORDER BY line_id) - 1 AS no FROM core.fact_order_line) AS f ON f.no = (i // 3 * 7919) % 2000
JOIN (SELECT *, row_number() OVER (ORDER BY date_key) - 1 AS no FROM core.dim_date WHERE date_key BETWEEN 20230101 AND 20250630) AS d ON d.no = (i // 3 * 31) % 912`

// benchWarehouse has a rollup of about 14,000 rows and a small one.
func benchWarehouse(b *testing.B, threads int) (with, without *olap.Olap) {
	b.Helper()
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{Threads: threads})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if err := olaptest.Load(ctx, db, olaptest.Build(olaptest.Default())); err != nil {
		b.Fatal(err)
	}
	if _, err := db.Exec(ctx, engine.SQL(benchFacts)); err != nil {
		b.Fatal(err)
	}
	m := modelOf(b)
	m.Rollups = []*cube.Rollup{
		{Name: "large", Cube: "sales", By: []string{"date.month", "customer.name", "class.bucket", "region.area"}},
		{Name: "small", Cube: "sales", By: []string{"date.month", "customer.type"}, Distinct: []string{"orders", "customers"}},
	}
	built, err := rollup.Build(ctx, db, m, rollup.Options{Run: "bench", Samples: -1})
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range built {
		b.Logf("%s: %d rows, %s %s", s.Name, s.Rows, s.State, s.Reason)
	}
	if with, err = olap.Open(ctx, db, olap.Options{Limits: olap.Limits{Cache: -1}}); err != nil {
		b.Fatal(err)
	}
	if without, err = olap.Open(ctx, db, olap.Options{NoRollups: true, Limits: olap.Limits{Cache: -1}}); err != nil {
		b.Fatal(err)
	}
	return with, without
}

func benchQuery(b *testing.B, name string, q cube.Query, with, without *olap.Olap) {
	for _, side := range []struct {
		name string
		o    *olap.Olap
	}{{"rollup", with}, {"facts", without}} {
		b.Run(name+"/"+side.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := side.o.Ask(context.Background(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRollupHit asks the same of a rollup and of the facts, on one thread.
func BenchmarkRollupHit(b *testing.B) {
	with, without := benchWarehouse(b, 1)
	year := &cube.Time{From: "2024-01-01", To: "2024-12-31"}
	benchQuery(b, "small_total", cube.Query{Cube: "sales", Measures: []string{"net", "orders", "customers", "aov"}, Time: year}, with, without)
	benchQuery(b, "small_type", cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}, Time: year}, with, without)
	benchQuery(b, "large_class", cube.Query{Cube: "sales", Rows: []string{"class.bucket"}, Measures: []string{"net"}, Time: year}, with, without)
	benchQuery(b, "large_class_area", cube.Query{Cube: "sales", Rows: []string{"class.bucket"}, Columns: []string{"region.area"}, Measures: []string{"net", "copies"},
		Totals: cube.Totals{Grand: true, Cols: true}}, with, without)
}

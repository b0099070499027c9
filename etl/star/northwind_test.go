package star

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine/duck"
)

// TestNorthwindFlow compares the stage facts of a public sample company, which
// records orders, when they were wanted and when they were shipped, with SQL over
// the sample's own tables.
func TestNorthwindFlow(t *testing.T) {
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(dir, "northwind", "northwind.sql"))
	if err != nil {
		t.Skip("the Northwind sample is not there: set VERSO_DATA")
	}
	defer file.Close()
	_, conn := newDatabase(t, "VARCHAR", duck.Options{Threads: 1})
	exec(t, conn, `CREATE SCHEMA raw;
CREATE TABLE raw.orders (order_id INTEGER, customer_id VARCHAR, employee_id INTEGER, order_date DATE, required_date DATE, shipped_date DATE, ship_via INTEGER,
  freight DOUBLE, ship_name VARCHAR, ship_address VARCHAR, ship_city VARCHAR, ship_region VARCHAR, ship_postal_code VARCHAR, ship_country VARCHAR);
CREATE TABLE raw.order_details (order_id INTEGER, product_id INTEGER, unit_price DOUBLE, quantity INTEGER, discount DOUBLE);`)
	var script strings.Builder
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "INSERT INTO order"); ok && (strings.HasPrefix(rest, "s VALUES") || strings.HasPrefix(rest, "_details VALUES")) {
			script.WriteString("INSERT INTO raw.order" + rest + "\n")
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	exec(t, conn, script.String()+`
INSERT INTO stage.order_header (order_id, customer_id, order_date, required_date, source) SELECT order_id, customer_id, order_date, required_date, 'n' FROM raw.orders;
INSERT INTO stage.order_line (line_id, order_id, line_no, title_id, qty_ordered, unit_price, source)
SELECT order_id || '-' || product_id, order_id, product_id, product_id, quantity, unit_price, 'n' FROM raw.order_details;
INSERT INTO stage.order_line_stage_event (event_id, line_id, stage, event_ts, qty, promised_date, source)
SELECT d.order_id || '-' || d.product_id, d.order_id || '-' || d.product_id, 'outbound', o.shipped_date, d.quantity, o.required_date, 'n'
FROM raw.order_details d JOIN raw.orders o ON o.order_id = d.order_id WHERE o.shipped_date IS NOT NULL;`)
	for _, table := range []string{"order_header", "order_line", "order_line_stage_event"} {
		supply(t, conn, table)
	}
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "1998-06-30"), Currency: "USD"}); err != nil {
		t.Fatal(err)
	}
	want := query(t, conn, `SELECT count(*), count(DISTINCT d.order_id), count(CASE WHEN o.shipped_date IS NULL THEN 1 END), count(DISTINCT CASE WHEN o.shipped_date IS NULL THEN o.order_id END),
  count(DISTINCT CASE WHEN o.shipped_date > o.required_date THEN o.order_id END), sum(CASE WHEN o.shipped_date IS NOT NULL THEN d.quantity ELSE 0 END),
  sum(o.shipped_date - o.order_date), median(o.shipped_date - o.order_date), count(CASE WHEN o.shipped_date <= o.required_date THEN 1 END), count(CASE WHEN o.required_date <= DATE '1998-06-30' THEN 1 END)
FROM raw.order_details d JOIN raw.orders o ON o.order_id = d.order_id`)
	got := query(t, conn, `SELECT count(*), count(DISTINCT order_key), count(CASE WHEN is_open THEN 1 END), count(DISTINCT CASE WHEN is_open THEN order_key END),
  count(DISTINCT CASE WHEN days_late > 0 THEN order_key END), sum(qty_delivered),
  sum(days_total), median(days_total), count(CASE WHEN days_late <= 0 THEN 1 END), count(CASE WHEN is_due THEN 1 END)
FROM core.fact_order_stage`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// 2,155 lines, 830 orders, 21 of them not shipped and 37 shipped late.
	if !strings.HasPrefix(got[0], "2155|830|73|21|37|") {
		t.Error(got)
	}
}

package etl

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"verso/etl/config"
)

// A refresh that dies between any two changes of the landing folder, or around
// the publication, loses and doubles nothing: the next one succeeds and holds
// what the source has.
func TestCrashAtEveryPoint(t *testing.T) {
	n := newNights(t)
	n.database()
	n.erp.exec(`CREATE TABLE orders (id INTEGER, day DATE, changed TIMESTAMP); CREATE TABLE lines (id INTEGER, n INTEGER, changed TIMESTAMP); CREATE TABLE customers (id INTEGER, name VARCHAR)`)
	n.erp.exec(`INSERT INTO orders VALUES (1, '2024-03-01', '2024-03-01'); INSERT INTO customers VALUES (1, 'One'), (2, 'Two')`)
	way := &config.Incremental{By: "updated_at"}
	n.mapping("order_header", config.Map{From: "erp", Select: "SELECT id AS order_id, 1 AS customer_id, day AS order_date, changed AS updated_at FROM orders", Incremental: way})
	n.mapping("order_line", config.Map{From: "erp", Select: "SELECT id AS line_id, id AS line_no, 1 AS order_id, n AS qty_ordered, 1 AS unit_price, changed AS updated_at FROM lines", Incremental: way})
	n.mapping("customer", config.Map{From: "erp", Select: "SELECT id AS customer_id, name FROM customers", Incremental: &config.Incremental{Compare: true}})
	line := 0
	change := func() {
		line++
		n.erp.exec(fmt.Sprintf(`INSERT INTO lines VALUES (%[1]d, %[1]d, TIMESTAMP '2024-03-01' + to_minutes(%[1]d)); UPDATE lines SET n = n + 1, changed = TIMESTAMP '2024-03-01' + to_minutes(%[1]d) WHERE id = %[2]d;
UPDATE customers SET name = 'Name %[1]d' WHERE id = 1; DELETE FROM customers WHERE id = %[3]d; INSERT INTO customers VALUES (%[4]d, 'New')`, line, line/2, line+1, line+2))
	}
	change()
	n.mustNight(ModeAuto)
	died := map[string]int{}
	stride := 9
	if os.Getenv("VERSO_CRASH_ALL") != "" {
		stride = 1
	}
	for point := 0; ; point += stride {
		change()
		before, calls, published := n.read("SELECT count(*) FROM stage.order_line"), 0, false
		n.crash = func(what string) error {
			calls++
			if calls == point+1 {
				died[what]++
				return ErrCrash
			}
			published = published || what == "publish"
			return nil
		}
		_, err := n.night(ModeAuto, nil)
		n.crash = nil
		if err == nil {
			break
		}
		if !errors.Is(err, ErrCrash) {
			t.Fatalf("point %d: %v", point, err)
		}
		if after := n.read("SELECT count(*) FROM stage.order_line"); !published && after[0] != before[0] {
			t.Fatalf("point %d: a refresh that died before publication changed what is published", point)
		}
		n.mustNight(ModeAuto)
		n.balanced()
		n.shows(`SELECT count(*), sum(qty_ordered) FROM stage.order_line`, n.rowsOf(`SELECT count(*), sum(n) FROM lines`)...)
		n.shows(`SELECT count(*), max(name) FROM stage.customer WHERE is_deleted IS NULL`, n.rowsOf(`SELECT count(*), max(name) FROM customers`)...)
		if t.Failed() {
			t.Fatalf("after dying at point %d", point)
		}
	}
	if len(died)*stride < 20 {
		t.Errorf("it died at %d kinds of points only: %v", len(died), died)
	}
	n.sameAsRebuilt("after all")
	for _, leftover := range []string{".running-*", "*.tmp"} {
		if left, _ := filepath.Glob(filepath.Join(n.cfg.Warehouse, "landing", "*", leftover)); left != nil {
			t.Errorf("left behind: %v", left)
		}
	}
}

// rowsOf asks the source itself.
func (n *nights) rowsOf(sql string) []string {
	own := n.bench.db
	n.bench.db = n.erp.db
	defer func() { n.bench.db = own }()
	return n.rows(sql)
}

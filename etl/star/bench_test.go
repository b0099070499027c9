package star

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"verso/olap/engine/duck"
)

// generate fills stage with a company of so many order lines: five lines an
// order, a customer per 50 orders, a title per 100 lines, a tenth of the orders
// in foreign currency, one line in fifty negative, costs for half of them.
const generate = `
INSERT INTO stage.customer (customer_id, name, customer_type, region_code, status, source, _row)
SELECT range + 1, 'customer ' || range, 'library', CAST(110000 + range %% 5 * 100 AS VARCHAR), 'active', 'bench', range FROM range(%[1]d // 250 + 1);
INSERT INTO stage.title (title_id, isbn13, title, clc_primary, publisher, list_price, source, _row)
SELECT range + 1, CAST(9787000000000 + range * 10 AS VARCHAR), 'title ' || range, 'TP3' || range %% 9000, 'press ' || range %% 300, 10 + range %% 90, 'bench', range FROM range(%[1]d // 100 + 1);
INSERT INTO stage.employee (employee_id, name, source, _row) SELECT range + 1, 'employee ' || range, 'bench', range FROM range(120);
INSERT INTO stage.fx_rate (rate_date, ccy, rate, kind, source, _row)
SELECT DATE '2018-12-25' + CAST(range AS INTEGER), c, 7 + range %% 100 * 0.001, 'mid', 'bench', range FROM range(2600), (VALUES ('USD'), ('EUR'), ('GBP')) AS ccy(c);
INSERT INTO stage.order_header (order_id, order_no, customer_id, order_date, entry_channel, salesperson_id, ccy, is_rush, status, source, _row)
SELECT range + 1, 'SO' || range, hash(range) %% (%[1]d // 250) + 1, TIMESTAMP '2019-01-01' + INTERVAL (range * 2550 // (%[1]d // 5)) DAY,
       CASE range %% 3 WHEN 0 THEN 'web' WHEN 1 THEN 'mail' ELSE 'phone' END, hash(range + 7) %% 120 + 1,
       CASE range %% 30 WHEN 0 THEN 'USD' WHEN 1 THEN 'EUR' WHEN 2 THEN 'GBP' ELSE 'CNY' END, range %% 50 = 0, 'delivered', 'bench', range
FROM range(%[1]d // 5);
INSERT INTO stage.order_line (line_id, order_id, line_no, title_id, qty_ordered, discount_pct, unit_price, tax_rate, source, _row)
SELECT range + 1, range // 5 + 1, range %% 5 + 1, hash(range) %% (%[1]d // 100) + 1, CASE WHEN range %% 50 = 0 THEN -1 ELSE range %% 7 + 1 END,
       CASE WHEN range %% 4 = 0 THEN 12.5 ELSE 0 END, 20 + range %% 1000 * 0.37, 9, 'bench', range
FROM range(%[1]d);
INSERT INTO stage.purchase_order (po_id, supplier_id, po_date, ccy, source, _row)
SELECT range + 1, 1, DATE '2019-01-10' + CAST(range %% 2500 AS INTEGER), 'USD', 'bench', range FROM range(%[1]d // 40);
INSERT INTO stage.purchase_line (po_line_id, po_id, order_line_id, qty, unit_cost_fcy, source, _row)
SELECT range + 1, range // 20 + 1, range * 2 + 2, range %% 7 + 1, 2.5, 'bench', range FROM range(%[1]d // 2);
UPDATE meta.table_load SET supplied = true WHERE table_name IN ('customer', 'title', 'employee', 'fx_rate', 'order_header', 'order_line', 'purchase_order', 'purchase_line');
CHECKPOINT;
`

// TestBench builds the star over VERSO_STAR_LINES generated order lines (none:
// skipped) and compares it with the same star written by hand, as lean as it
// gets. It prints the seconds of both and their ratio.
func TestBench(t *testing.T) {
	lines, _ := strconv.Atoi(os.Getenv("VERSO_STAR_LINES"))
	if lines == 0 {
		t.Skip("set VERSO_STAR_LINES, such as 10000000")
	}
	dir, err := os.MkdirTemp("", "star")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	db, conn := newDatabase(t, "BIGINT", duck.Options{Path: filepath.Join(dir, "star.duckdb"), Threads: 4, MemoryLimit: "3GB"})
	_ = db
	started := time.Now()
	exec(t, conn, fmt.Sprintf(generate, lines))
	t.Logf("generated in %.1f s", time.Since(started).Seconds())
	for range 3 {
		ours := measure(func() {
			last, cpu := time.Now(), processor()
			err = Build(context.Background(), conn, Options{AsOf: day(t, "2025-12-31"), Currency: "CNY", Progress: func(step string, rows int64) {
				if took := time.Since(last); took > 100*time.Millisecond {
					t.Logf("%-20s %10d rows %6.2f s, %6.2f s of processor", step, rows, took.Seconds(), processor()-cpu)
				}
				last, cpu = time.Now(), processor()
			}})
			if err != nil {
				t.Fatal(err)
			}
		})
		hand := measure(func() { exec(t, conn, byHand) })
		t.Logf("star %v", ours)
		t.Logf("hand %v", hand)
		t.Logf("ratio of wall %.2f, of cpu %.2f", ours.wall/hand.wall, ours.cpu/hand.cpu)
	}
}

// oneNight changes the generated company as a night does: 60 orders of 300
// lines come, of another 300 lines the state changes and of 300 purchase lines
// the copies received, with a late order, three customers and two titles.
const oneNight = `
CREATE SCHEMA IF NOT EXISTS due;
CREATE OR REPLACE TABLE due.changed_order_header AS SELECT %[1]d // 5 + 1 + range AS order_id FROM range(61);
INSERT INTO stage.order_header (order_id, order_no, customer_id, order_date, entry_channel, salesperson_id, ccy, is_rush, status, source, _row)
SELECT order_id, 'SO' || order_id, hash(order_id) %% (%[1]d // 250) + 1, CASE WHEN order_id = %[1]d // 5 + 1 THEN TIMESTAMP '2025-11-20' ELSE TIMESTAMP '2025-12-30' END, 'web', 7,
       CASE order_id %% 10 WHEN 0 THEN 'USD' ELSE 'CNY' END, false, 'open', 'bench', order_id
FROM due.changed_order_header;
CREATE OR REPLACE TABLE due.changed_order_line AS
SELECT %[1]d + 1 + range AS line_id FROM range(300) UNION ALL SELECT %[1]d - range * 37 FROM range(300);
INSERT INTO stage.order_line (line_id, order_id, line_no, title_id, qty_ordered, unit_price, source, _row)
SELECT line_id, %[1]d // 5 + 1 + (line_id - %[1]d - 1) // 5, line_id %% 5, hash(line_id) %% (%[1]d // 100) + 1, 2, 30, 'bench', line_id
FROM due.changed_order_line WHERE line_id > %[1]d;
UPDATE stage.order_line SET status = 'delivered' WHERE line_id IN (SELECT line_id FROM due.changed_order_line);
CREATE OR REPLACE TABLE due.changed_purchase_line AS SELECT %[1]d // 2 - range * 3 AS po_line_id FROM range(300);
UPDATE stage.purchase_line SET qty_received = qty WHERE po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line);
CREATE OR REPLACE TABLE due.changed_customer AS SELECT range + 1 AS customer_id FROM range(3);
UPDATE stage.customer SET region_code = '310000' WHERE customer_id <= 3;
CREATE OR REPLACE TABLE due.changed_title AS SELECT range + 1 AS title_id FROM range(2);
UPDATE stage.title SET clc_primary = 'O4' WHERE title_id <= 2;
CREATE OR REPLACE TABLE meta.stage_change AS
SELECT table_name, CASE WHEN table_name IN ('order_header', 'order_line', 'purchase_line', 'customer', 'title') THEN 'some' ELSE 'none' END AS mode,
       0 AS inserted, 0 AS updated, 0 AS deleted
FROM meta.table_load;
CHECKPOINT;
`

// TestBenchNight builds the star over VERSO_STAR_LINES generated order lines
// and then that of the next night, and prints the seconds of both and their ratio.
func TestBenchNight(t *testing.T) {
	lines, _ := strconv.Atoi(os.Getenv("VERSO_STAR_LINES"))
	if lines == 0 {
		t.Skip("set VERSO_STAR_LINES, such as 10000000")
	}
	dir, err := os.MkdirTemp("", "star")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, conn := newDatabase(t, "BIGINT", duck.Options{Path: filepath.Join(dir, "star.duckdb"), Threads: 4, MemoryLimit: "3GB"})
	exec(t, conn, fmt.Sprintf(generate, lines))
	run := func() usage {
		return measure(func() {
			last, cpu := time.Now(), processor()
			err = Build(context.Background(), conn, Options{AsOf: day(t, "2025-12-31"), Currency: "CNY", Progress: func(step string, rows int64) {
				if took := time.Since(last); took > 25*time.Millisecond {
					t.Logf("%-20s %10d rows %6.2f s, %6.2f s of processor", step, rows, took.Seconds(), processor()-cpu)
				}
				last, cpu = time.Now(), processor()
			}})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	whole := run()
	t.Logf("whole %v", whole)
	exec(t, conn, "CHECKPOINT")
	for range 2 {
		exec(t, conn, fmt.Sprintf(oneNight, lines))
		night := run()
		t.Log(query(t, conn, "SELECT fact, mode, due, appended, reason FROM meta.star_build ORDER BY fact"))
		t.Logf("night %v", night)
		t.Logf("ratio of wall %.2f, of cpu %.2f", night.wall/whole.wall, night.cpu/whole.cpu)
		lines += 1000
	}
}

// usage is what a piece of work took: seconds on the clock and of the
// processors, and the most memory resident, as Linux says it (0 elsewhere).
type usage struct{ wall, cpu, peak float64 }

func (u usage) String() string {
	return fmt.Sprintf("%.1f s, %.1f s of processor, peak %.0f MB", u.wall, u.cpu, u.peak)
}

// measure runs work and says what it took.
func measure(work func()) usage {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // forget the peak so far
	started, cpu := time.Now(), processor()
	work()
	return usage{time.Since(started).Seconds(), processor() - cpu, peak()}
}

// processor is the processor time of the process so far in seconds.
func processor() float64 {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')'):]))
	user, _ := strconv.ParseFloat(fields[12], 64)
	system, _ := strconv.ParseFloat(fields[13], 64)
	return (user + system) / 100
}

// peak is the most memory resident since it was last reset, in MB.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(fields[1], 64)
			return kb / 1024
		}
	}
	return 0
}

// byHand is the star of the generated company as one would write it for it
// alone: the same columns and rows of dimensions and facts, no rule that these
// rows do not need.
const byHand = `
CREATE SCHEMA IF NOT EXISTS hand;
CREATE OR REPLACE TABLE hand.dim_customer AS
SELECT row_number() OVER (ORDER BY customer_id)::INTEGER AS customer_key, customer_id::VARCHAR AS customer_id, name, customer_type, region_code, status FROM stage.customer;
CREATE OR REPLACE TABLE hand.dim_title AS
SELECT row_number() OVER (ORDER BY title_id)::INTEGER AS title_key, title_id::VARCHAR AS title_id, isbn13, title, clc_primary, publisher, list_price FROM stage.title;
CREATE OR REPLACE TEMP TABLE hand_order AS
SELECT h.order_id, row_number() OVER (ORDER BY h.order_date, h.order_id)::INTEGER AS order_key, h.order_no, h.order_date::DATE AS order_date,
       (year(h.order_date) * 10000 + month(h.order_date) * 100 + day(h.order_date))::INTEGER AS date_key,
       h.customer_id::INTEGER AS customer_key, 1 AS geo_key, CASE h.entry_channel WHEN 'web' THEN 1 WHEN 'mail' THEN 2 ELSE 3 END AS channel_key,
       h.salesperson_id::INTEGER AS employee_key, CASE h.ccy WHEN 'CNY' THEN 1 WHEN 'USD' THEN 2 WHEN 'EUR' THEN 3 ELSE 4 END AS currency_key,
       coalesce(r.rate, 1) AS rate, h.is_rush, h.status
FROM stage.order_header h LEFT JOIN stage.fx_rate r ON r.ccy = h.ccy AND r.rate_date = h.order_date::DATE;
CREATE OR REPLACE TEMP TABLE hand_cost AS
SELECT l.order_line_id AS line_id, sum(((l.qty * l.unit_cost_fcy)::DECIMAL(18,4) * r.rate)::DECIMAL(18,4))::DECIMAL(18,4) AS cost
FROM stage.purchase_line l JOIN stage.purchase_order o USING (po_id) JOIN stage.fx_rate r ON r.ccy = o.ccy AND r.rate_date = o.po_date
GROUP BY ALL;
CREATE OR REPLACE TABLE hand.fact_order_line AS
WITH a AS (
    SELECT l.*, o.* EXCLUDE (order_id, status), o.status AS order_status, (l.qty_ordered * l.unit_price)::DECIMAL(18,4) AS gross_ccy, ((100 - discount_pct) * 0.01)::DECIMAL(9,6) AS kept, c.cost
    FROM stage.order_line l JOIN hand_order o USING (order_id) LEFT JOIN hand_cost c USING (line_id) WHERE l.qty_ordered >= 0
), b AS (
    SELECT *, (gross_ccy * rate)::DECIMAL(18,4) AS gross, (gross_ccy * kept)::DECIMAL(18,4) AS net_ccy FROM a
), c AS (
    SELECT *, (gross * kept)::DECIMAL(18,4) AS net FROM b
)
SELECT line_id, order_id, order_key, order_no, line_no, date_key, order_date, customer_key, title_id::INTEGER AS title_key, 1 AS clc_key, geo_key,
       channel_key, employee_key, 1 AS publisher_key, currency_key, qty_ordered AS qty, 0 AS qty_cancelled, gross, (gross - net)::DECIMAL(18,4) AS discount, net, net_ccy, rate,
       (net * (tax_rate * 0.01)::DECIMAL(9,6))::DECIMAL(18,4) AS tax, cost, (net - cost)::DECIMAL(18,4) AS margin, is_rush, false AS is_textbook, term, order_status AS status, source, _row AS source_row
FROM c
ORDER BY order_date, order_key, line_no, line_id;
CREATE OR REPLACE TABLE hand.fact_return AS
SELECT l.line_id AS return_id, l.line_id, o.date_key, o.order_date AS return_date, o.customer_key, l.title_id::INTEGER AS title_key, o.order_key, -l.qty_ordered AS qty,
       (((-l.qty_ordered * l.unit_price)::DECIMAL(18,4) * o.rate)::DECIMAL(18,4) * ((100 - l.discount_pct) * 0.01)::DECIMAL(9,6))::DECIMAL(18,4) AS value, l.source, l._row AS source_row
FROM stage.order_line l JOIN hand_order o USING (order_id) WHERE l.qty_ordered < 0
ORDER BY return_date, return_id;
`

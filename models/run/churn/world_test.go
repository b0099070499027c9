package churn_test

import (
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// world is a small company made by hashes, with everything the features look at:
// 160 customers over four years, of whom a third stop at some time.
var world = []string{
	`CREATE MACRO draw(text, n) AS CAST('0x' || substr(md5(text), 1, 7) AS BIGINT) % n`,
	`INSERT INTO core.dim_date (date_key, date, year, month, week_of_term)
SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE), year(d), month(d), CASE WHEN month(d) IN (1, 2, 7, 8) THEN NULL ELSE 1 END
FROM range(DATE '2019-01-01', DATE '2026-01-01', INTERVAL 1 DAY) AS t(d)`,
	`INSERT INTO core.dim_clc (clc_key, bucket, bucket_name_en, bucket_name_zh) VALUES (1, 'T', 'Engineering', '工业技术'), (2, 'O', 'Science', '数理'), (3, 'R', 'Medicine', '医药')`,
	`INSERT INTO core.dim_employee (employee_key, name, leave_date) VALUES (1, 'A', NULL), (2, 'B', DATE '2022-05-10'), (3, 'C', DATE '2023-02-01')`,
	`INSERT INTO core.dim_customer (customer_key, customer_id, name, customer_type, owner_employee_key, geo_key, channel_key)
SELECT i, CAST(i AS VARCHAR), 'Customer ' || i, CASE i % 3 WHEN 0 THEN 'university' WHEN 1 THEN 'library' ELSE 'enterprise' END, 1 + i % 3, -1, -1 FROM range(1, 161) AS t(i)`,
	`INSERT INTO core.dim_customer_version (version_key, customer_key, valid_from, valid_to, is_current, customer_type)
SELECT i, i, DATE '1900-01-01', CASE WHEN i % 20 = 0 THEN DATE '2022-10-01' END, i % 20 <> 0, CASE WHEN i % 20 = 0 THEN 'library' WHEN i % 3 = 0 THEN 'university' WHEN i % 3 = 1 THEN 'library' ELSE 'enterprise' END FROM range(1, 161) AS t(i)
UNION ALL SELECT 1000 + i, i, DATE '2022-10-01', NULL, true, CASE i % 3 WHEN 0 THEN 'university' WHEN 1 THEN 'library' ELSE 'enterprise' END FROM range(20, 161, 20) AS t(i)`,
	// A customer may order on each day with its own chance until it stops.
	`CREATE TEMP TABLE orders AS
SELECT row_number() OVER (ORDER BY d, i) AS order_key, i AS customer_key, CAST(d AS DATE) AS day
FROM range(1, 161) AS t(i) CROSS JOIN range(DATE '2019-06-01', DATE '2023-07-01', INTERVAL 1 DAY) AS s(d)
WHERE draw('day' || i || d, 1000) < 4 + draw('rate' || i, 25) AND d < DATE '2020-06-01' + CAST(draw('stop' || i, 1600) AS INTEGER) * INTERVAL 1 DAY AND dayofweek(d) NOT IN (0, 6)`,
	`INSERT INTO core.fact_order_line (line_id, order_id, order_key, line_no, date_key, order_date, customer_key, title_key, clc_key, employee_key, qty, qty_cancelled, gross, discount, net, cost, gross_margin, is_textbook)
SELECT 10 * o.order_key + n, o.order_key, o.order_key, n, CAST(strftime(o.day, '%Y%m%d') AS INTEGER), o.day, o.customer_key, draw('title' || o.order_key || n, 300), 1 + draw('class' || o.order_key || n || CASE WHEN o.day < DATE '2022-01-01' THEN 'x' ELSE '' END, 3),
    1 + draw('person' || o.customer_key || year(o.day), 3), q.kept, q.gone, CAST(q.kept * q.price AS DECIMAL(18, 4)), CAST(q.kept * q.price * 0.1 AS DECIMAL(18, 4)), CAST(q.kept * q.price * 0.9 AS DECIMAL(18, 4)),
    CAST(q.kept * q.price * 0.6 AS DECIMAL(18, 4)), CAST(q.kept * q.price * 0.3 AS DECIMAL(18, 4)), draw('text' || o.order_key || n, 5) = 0
FROM orders AS o CROSS JOIN range(1, 4) AS l(n)
CROSS JOIN LATERAL (SELECT 1 + draw('qty' || o.order_key || n, 4) AS kept, CASE WHEN draw('gone' || o.order_key || n, 12) = 0 THEN 2 ELSE 0 END AS gone, 50 + draw('price' || o.order_key || n || year(o.day), 300) AS price) AS q
WHERE n <= 1 + draw('lines' || o.order_key, 3)`,
	`INSERT INTO core.fact_order_stage (line_id, order_key, order_date, customer_key, promised_date, delivered_date_key, cancelled_date_key)
SELECT l.line_id, l.order_key, l.order_date, l.customer_key, l.order_date + 40,
    CASE WHEN l.order_date + 25 + CAST(draw('there' || l.line_id, 60) AS INTEGER) <= DATE '2023-06-30' THEN CAST(strftime(l.order_date + 25 + CAST(draw('there' || l.line_id, 60) AS INTEGER), '%Y%m%d') AS INTEGER) ELSE -1 END,
    CASE WHEN l.qty_cancelled > 0 AND l.order_date + 60 <= DATE '2023-06-30' THEN CAST(strftime(l.order_date + 60, '%Y%m%d') AS INTEGER) ELSE -1 END
FROM core.fact_order_line AS l`,
	`UPDATE core.fact_order_line SET qty_cancelled = 0 WHERE order_date + 60 > DATE '2023-06-30'`,
	`INSERT INTO core.fact_return (return_id, line_id, return_date, customer_key, qty, value) SELECT line_id, line_id, order_date + 50, customer_key, 1, 20 FROM core.fact_order_line WHERE line_id % 9 = 0 AND order_date + 50 <= DATE '2023-06-30'`,
	`INSERT INTO core.fact_ticket (ticket_id, customer_key, date, resolved_date_key, resolution_hours, complaints, resolved)
SELECT line_id, customer_key, order_date + 10, CAST(strftime(order_date + 10 + CAST(draw('took' || line_id, 50) AS INTEGER), '%Y%m%d') AS INTEGER), 24 * draw('took' || line_id, 50), line_id % 2, 1 FROM core.fact_order_line WHERE line_id % 7 = 0 AND order_date + 60 <= DATE '2023-06-30'`,
	`INSERT INTO core.fact_activity (activity_id, customer_key, date, cost) SELECT line_id, customer_key, order_date + 15, 30 FROM core.fact_order_line WHERE order_key % 5 = 0 AND order_date + 15 <= DATE '2023-06-30'`,
	`INSERT INTO core.fact_receivable (invoice_id, customer_key, invoice_date, due_date, settled_date, is_credit)
SELECT order_key, customer_key, day + 20, day + 50, CASE WHEN day + 30 + CAST(draw('paid' || order_key, 60) AS INTEGER) <= DATE '2023-06-30' THEN day + 30 + CAST(draw('paid' || order_key, 60) AS INTEGER) END, false FROM orders WHERE day + 20 <= DATE '2023-06-30'`,
	`INSERT INTO core.fact_campaign_target (campaign_id, customer_key, date, is_treated) SELECT m, i, DATE '2020-01-15' + CAST(60 * m AS INTEGER), true FROM range(20) AS t(m) CROSS JOIN range(1, 161) AS s(i) WHERE draw('mail' || m || i, 2) = 0`,
	`INSERT INTO core.fact_campaign_response (campaign_id, customer_key, date) SELECT campaign_id, customer_key, date + 5 FROM core.fact_campaign_target WHERE draw('answer' || campaign_id || customer_key, 4) = 0`,
	`INSERT INTO core.fact_quote (quote_id, customer_key, date, days_to_order) SELECT order_key, customer_key, day - 20, CASE order_key % 3 WHEN 0 THEN NULL WHEN 1 THEN 20 ELSE 90 END FROM orders WHERE order_key % 4 <> 0`,
	`INSERT INTO core.fact_contract (contract_id, customer_key, start_date, end_date) SELECT 100 * i + y, i, make_date(y, 3, 1), make_date(y + 1, 2, 28) FROM range(1, 161, 4) AS t(i) CROSS JOIN range(2020, 2024) AS s(y)`,
}

// hide takes away everything after a day, and puts what has been changed since back
// to what it was then.
func hide(t *testing.T, conn engine.Conn, day string) {
	t.Helper()
	for _, sql := range []string{
		`UPDATE core.fact_order_line SET gross = CAST(CAST(gross AS DOUBLE) / qty * (qty + qty_cancelled) AS DECIMAL(18, 4)), net = CAST(CAST(net AS DOUBLE) / qty * (qty + qty_cancelled) AS DECIMAL(18, 4)), qty = qty + qty_cancelled, qty_cancelled = 0
WHERE line_id IN (SELECT s.line_id FROM core.fact_order_stage AS s WHERE s.cancelled_date_key > {key})`,
		`DELETE FROM core.fact_order_line WHERE order_date > {day}`, `DELETE FROM core.fact_order_stage WHERE order_date > {day}`,
		`UPDATE core.fact_order_stage SET delivered_date_key = -1 WHERE delivered_date_key > {key}`, `UPDATE core.fact_order_stage SET cancelled_date_key = -1 WHERE cancelled_date_key > {key}`,
		`DELETE FROM core.fact_return WHERE return_date > {day}`, `DELETE FROM core.fact_ticket WHERE date > {day}`,
		`UPDATE core.fact_ticket SET resolved_date_key = -1, resolution_hours = NULL, resolved = 0 WHERE resolved_date_key > {key}`,
		`DELETE FROM core.fact_activity WHERE date > {day}`, `DELETE FROM core.fact_receivable WHERE invoice_date > {day}`, `UPDATE core.fact_receivable SET settled_date = NULL WHERE settled_date > {day}`,
		`DELETE FROM core.fact_campaign_target WHERE date > {day}`, `DELETE FROM core.fact_campaign_response WHERE date > {day}`,
		`UPDATE core.fact_quote SET days_to_order = NULL WHERE date + days_to_order > {day}`, `DELETE FROM core.fact_quote WHERE date > {day}`,
		`DELETE FROM core.fact_contract WHERE start_date > {day}`,
		`DELETE FROM core.dim_customer_version WHERE valid_from > {day}`, `UPDATE core.dim_customer_version SET valid_to = NULL, is_current = true WHERE valid_to > {day}`,
		`UPDATE core.dim_customer SET customer_type = v.customer_type FROM core.dim_customer_version AS v WHERE v.customer_key = dim_customer.customer_key AND v.is_current`,
		`UPDATE core.dim_employee SET leave_date = NULL WHERE leave_date > {day}`,
	} {
		run(t, conn, replaceDay(sql, day))
	}
}

func run(t *testing.T, conn engine.Conn, sql string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), engine.SQL(sql, args...)); err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
}

func open(t *testing.T) engine.Conn {
	t.Helper()
	return jobtest.Open(t, "2023-06-30", world...)
}

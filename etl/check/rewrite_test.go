package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// plain are the checks that are written to be fast, as one would write them to be
// read.
var plain = map[string]string{
	"header-total": `SELECT o.order_id, o.total AS value, l.ordered, l.after_cancellation
FROM stage.order_header o
JOIN (
  SELECT order_id, count(*) AS n,
    sum(CAST(round(CAST(qty_ordered AS DECIMAL(10,0)) * factor, 4) AS DECIMAL(38,4))) AS ordered,
    sum(CAST(round(CAST(CAST(qty_ordered AS BIGINT) - coalesce(qty_cancelled, 0) AS DECIMAL(11,0)) * factor, 4) AS DECIMAL(38,4))) AS after_cancellation
  FROM (SELECT order_id, qty_ordered, qty_cancelled, CAST(round(unit_price * CAST(1 - coalesce(discount_pct, 0) * 0.01 AS DECIMAL(9,6)), 8) AS DECIMAL(26,8)) AS factor FROM stage.order_line) p
  GROUP BY order_id
) l ON l.order_id = o.order_id
WHERE o.total IS NOT NULL AND abs(o.total - l.ordered) > 0.01 * l.n AND abs(o.total - l.after_cancellation) > 0.01 * l.n`,
	"event-before-order": `SELECT e.event_id, e.line_id, e.stage, e.event_ts AS value, o.order_date
FROM stage.order_line_stage_event e JOIN stage.order_line l ON l.line_id = e.line_id JOIN stage.order_header o ON o.order_id = l.order_id
WHERE CAST(e.event_ts AS DATE) < CAST(o.order_date AS DATE)`,
	"order-empty": `SELECT o.order_id, CAST(o.order_date AS DATE) AS value FROM stage.order_header o WHERE NOT EXISTS (SELECT 1 FROM stage.order_line l WHERE l.order_id = o.order_id)`,
	"receivable-rolls-forward": `SELECT d.date, d.open AS value, d.opening, d.billed, d.paid
FROM (
  SELECT b.date, b.open,
    coalesce((SELECT sum(p.open) FROM core.fact_receivable_balance p WHERE p.date = b.before), 0) AS opening,
    coalesce((SELECT sum(r.billed) FROM core.fact_receivable r WHERE r.invoice_date <= b.date AND (b.before IS NULL OR r.invoice_date > b.before)), 0) AS billed,
    coalesce((SELECT sum(x.settled) FROM core.fact_payment x CROSS JOIN meta.run m
      WHERE x.is_allocated AND x.payment_date <= m.as_of AND greatest(x.payment_date, x.invoice_date) <= b.date
        AND (b.before IS NULL OR greatest(x.payment_date, x.invoice_date) > b.before)), 0) AS paid
  FROM (SELECT date, sum(open) AS open, lag(date) OVER (ORDER BY date) AS before FROM core.fact_receivable_balance GROUP BY date) b
) d
WHERE d.open <> d.opening + d.billed - d.paid`,
	"payable-rolls-forward": `SELECT d.date, d.open AS value, d.opening, d.billed, d.paid
FROM (
  SELECT b.date, b.open,
    coalesce((SELECT sum(p.open) FROM core.fact_payable_balance p WHERE p.date = b.before), 0) AS opening,
    coalesce((SELECT sum(r.billed) FROM core.fact_payable r WHERE r.invoice_date <= b.date AND (b.before IS NULL OR r.invoice_date > b.before)), 0) AS billed,
    coalesce((SELECT sum(x.settled) FROM core.fact_supplier_payment x CROSS JOIN meta.run m
      WHERE x.payment_date <= m.as_of AND greatest(x.payment_date, x.invoice_date) <= b.date
        AND (b.before IS NULL OR greatest(x.payment_date, x.invoice_date) > b.before)), 0) AS paid
  FROM (SELECT date, sum(open) AS open, lag(date) OVER (ORDER BY date) AS before FROM core.fact_payable_balance GROUP BY date) b
) d
WHERE d.open <> d.opening + d.billed - d.paid`,
}

// plainTables are filled at random: totals a hair on this or that side of what is
// allowed, large and small amounts, unknown values, balances that do and do not
// roll forward.
const plainTables = `
SELECT setseed(%[1]f);
CREATE TABLE meta.run AS SELECT DATE '2026-06-25' AS as_of;
CREATE TABLE stage.order_line AS SELECT i AS line_id, CASE WHEN random() < 0.02 THEN NULL ELSE CAST(floor(random() * 400) AS BIGINT) END AS order_id,
  CASE WHEN random() < 0.02 THEN NULL ELSE CAST(floor(power(10, random() * 6) * CASE WHEN random() < 0.2 THEN -1 ELSE 1 END) AS INTEGER) END AS qty_ordered,
  CASE WHEN random() < 0.7 THEN NULL ELSE CAST(floor(random() * 9) AS INTEGER) END AS qty_cancelled,
  CASE WHEN random() < 0.02 THEN NULL ELSE CAST(power(10, random() * 9 - 4) AS DECIMAL(18,4)) END AS unit_price,
  CASE WHEN random() < 0.5 THEN NULL ELSE CAST(random() * 110 AS DECIMAL(9,4)) END AS discount_pct
FROM range(2000) AS r(i);
CREATE TABLE stage.order_header AS SELECT o.order_id, DATE '2026-01-01' + CAST(floor(random() * 30) AS INTEGER) AS order_date, CASE WHEN random() < 0.05 THEN NULL ELSE CAST(CASE WHEN random() < 0.5 THEN l.ordered ELSE l.after_cancellation END
  + l.n * CASE CAST(floor(random() * 6) AS INTEGER) WHEN 0 THEN 0.01 WHEN 1 THEN 0.0101 WHEN 2 THEN -0.01 WHEN 3 THEN -0.0101 WHEN 4 THEN 1 ELSE 0 END AS DECIMAL(18,4)) END AS total
FROM range(450) AS o(order_id) LEFT JOIN (
  SELECT order_id, count(*) AS n,
    sum(CAST(round(CAST(qty_ordered AS DECIMAL(10,0)) * factor, 4) AS DECIMAL(38,4))) AS ordered,
    sum(CAST(round(CAST(CAST(qty_ordered AS BIGINT) - coalesce(qty_cancelled, 0) AS DECIMAL(11,0)) * factor, 4) AS DECIMAL(38,4))) AS after_cancellation
  FROM (SELECT order_id, qty_ordered, qty_cancelled, CAST(round(unit_price * CAST(1 - coalesce(discount_pct, 0) * 0.01 AS DECIMAL(9,6)), 8) AS DECIMAL(26,8)) AS factor FROM stage.order_line) p
  GROUP BY order_id) l ON l.order_id = o.order_id;
CREATE TABLE stage.order_line_stage_event AS SELECT i AS event_id, CAST(floor(random() * 2100) AS BIGINT) AS line_id, 'delivered' AS stage,
  CASE WHEN random() < 0.05 THEN NULL ELSE TIMESTAMP '2026-01-01 10:00:00' + INTERVAL 1 DAY * CAST(floor(random() * 90) AS INTEGER) END AS event_ts FROM range(3000) AS r(i);
CREATE TABLE core.fact_receivable AS SELECT DATE '2026-06-01' + CAST(floor(random() * 30) AS INTEGER) AS invoice_date, CAST(random() * 9 AS DECIMAL(18,4)) AS billed FROM range(100);
CREATE TABLE core.fact_payable AS FROM core.fact_receivable;
CREATE TABLE core.fact_payment AS SELECT DATE '2026-06-01' + CAST(floor(random() * 30) AS INTEGER) AS invoice_date, CASE WHEN random() < 0.1 THEN NULL ELSE DATE '2026-06-01' + CAST(floor(random() * 30) AS INTEGER) END AS payment_date,
  random() < 0.8 AS is_allocated, CAST(random() * 9 AS DECIMAL(18,4)) AS settled FROM range(60);
CREATE TABLE core.fact_supplier_payment AS FROM core.fact_payment;
CREATE TABLE core.fact_receivable_balance AS SELECT d.date, CAST(coalesce((SELECT sum(r.billed) FROM core.fact_receivable r WHERE r.invoice_date <= d.date), 0)
  - coalesce((SELECT sum(p.settled) FROM core.fact_payment p WHERE p.is_allocated AND p.payment_date <= DATE '2026-06-25' AND greatest(p.payment_date, p.invoice_date) <= d.date), 0) AS DECIMAL(18,4)) + CASE WHEN random() < 0.5 THEN 1 ELSE 0 END AS open
FROM (SELECT DISTINCT DATE '2026-06-01' + CAST(floor(random() * 30) AS INTEGER) AS date FROM range(12)) d;
CREATE TABLE core.fact_payable_balance AS FROM core.fact_receivable_balance`

// TestRewritten holds that the checks that are written to be fast find what their
// plain form finds.
func TestRewritten(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 5 {
		conn := ruleConn(t, fmt.Sprintf(plainTables, dice.Float64()))
		found := func(sql string) (out []string) {
			err := engine.Rows(context.Background(), conn, engine.SQL("SELECT * FROM (\n"+sql+"\n) AS o ORDER BY ALL"), func(row []any) error {
				text := ""
				for _, v := range row {
					text += engine.Text(v) + " | "
				}
				out = append(out, text)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		for _, d := range parsed() {
			if plain[d.ID] == "" {
				continue
			}
			want := found(plain[d.ID])
			if diff := cmp.Diff(want, found(d.Offenders)); diff != "" || len(want) == 0 {
				t.Errorf("company %d: %s has %d offenders, plain (-) and fast (+):\n%s", i, d.ID, len(want), diff)
			}
		}
	}
}

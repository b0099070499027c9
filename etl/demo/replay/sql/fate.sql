-- What becomes of lines, orders, invoices and customers after the first
-- evening. Whatever is not here had come to its end before.

-- Steps of lines within the window.
CREATE OR REPLACE TEMP TABLE replay_step AS
SELECT e.line_id, e.stage, greatest(CAST(e.event_ts AS TIMESTAMP), coalesce(z.arrives, CAST(e.event_ts AS TIMESTAMP))) AS happened, CAST(e.qty AS INTEGER) AS qty
FROM replay_order_line_stage_event AS e LEFT JOIN replay_late_line AS z ON z.line_id = e.line_id
WHERE e.stage IN ('inspected', 'inbound', 'delivered', 'cancelled')
  AND CAST(e.event_ts AS TIMESTAMP) >= (SELECT opening FROM replay_window);

-- Lines older than the stage events: delivered nine days after they came in.
CREATE OR REPLACE TEMP TABLE replay_old_step AS
SELECT p.order_line_id AS line_id,
       least(coalesce(CAST(p.last_received AS TIMESTAMP), CAST(p.first_received AS TIMESTAMP)) + to_days(9) + to_hours(16),
             w.closing - to_hours(8)) AS happened
FROM replay_purchase_line AS p CROSS JOIN replay_window AS w
WHERE coalesce(CAST(p.last_received AS TIMESTAMP), CAST(p.first_received AS TIMESTAMP)) + to_days(10) >= w.opening
  AND p.order_line_id NOT IN (
      SELECT e.line_id FROM replay_order_line_stage_event AS e WHERE e.stage = 'received');

CREATE OR REPLACE TEMP TABLE replay_line_fate AS
WITH step AS (
    SELECT line_id, stage, happened FROM replay_step
    UNION ALL
    SELECT line_id, 'delivered', happened FROM replay_old_step WHERE happened >= (SELECT opening FROM replay_window)),
fate AS (
    SELECT line_id,
           min(CASE WHEN stage = 'delivered' THEN happened END) AS delivered_first,
           max(CASE WHEN stage IN ('delivered', 'cancelled') THEN happened END) AS ends,
           max(CASE WHEN stage = 'cancelled' THEN happened END) AS cancelled,
           min(CASE WHEN stage IN ('inspected', 'cancelled', 'inbound') THEN happened END) AS inspected
    FROM step GROUP BY line_id),
before AS (
    SELECT DISTINCT e.line_id FROM replay_order_line_stage_event AS e
    WHERE e.stage = 'delivered' AND CAST(e.event_ts AS TIMESTAMP) < (SELECT opening FROM replay_window)
      AND e.line_id IN (SELECT line_id FROM fate))
SELECT f.line_id, l.order_id, f.delivered_first, f.ends, f.cancelled, f.inspected, b.line_id IS NOT NULL AS begun,
       round(CAST(l.unit_price AS DECIMAL(18, 4)) * CAST(l.qty_ordered AS INTEGER) * (1 - CAST(l.discount_pct AS DECIMAL(9, 4)) / 100), 4)
     - round(CAST(l.unit_price AS DECIMAL(18, 4)) * (CAST(l.qty_ordered AS INTEGER) - CAST(l.qty_cancelled AS INTEGER))
             * (1 - CAST(l.discount_pct AS DECIMAL(9, 4)) / 100), 4) AS cancelled_net
FROM fate AS f JOIN replay_order_line AS l ON l.line_id = f.line_id LEFT JOIN before AS b ON b.line_id = f.line_id;

-- Payments of invoices within the window.
CREATE OR REPLACE TEMP TABLE replay_invoice_fate AS
WITH paid AS (
    SELECT a.invoice_id, greatest(CAST(p.pay_date AS TIMESTAMP) + to_hours(18), coalesce(z.night, CAST(p.pay_date AS TIMESTAMP))) AS happened
    FROM replay_payment_alloc AS a JOIN replay_payment AS p ON p.payment_id = a.payment_id
    LEFT JOIN replay_trouble AS z ON z.table_name = 'payment' AND z.kind = 'late' AND z.key = CAST(p.payment_id AS VARCHAR)),
late AS (
    SELECT invoice_id, min(happened) AS first_paid, max(happened) AS last_paid FROM paid
    WHERE happened >= (SELECT opening FROM replay_window) GROUP BY invoice_id),
before AS (SELECT DISTINCT invoice_id FROM paid WHERE happened < (SELECT opening FROM replay_window))
SELECT l.invoice_id, l.first_paid, l.last_paid, b.invoice_id IS NOT NULL AS begun
FROM late AS l LEFT JOIN before AS b ON b.invoice_id = l.invoice_id;

-- The last order of a customer: after a year of silence it counts as dormant,
-- after three as lost.
CREATE OR REPLACE TEMP TABLE replay_last_order AS
SELECT customer_id, max(CAST(order_date AS TIMESTAMP)) AS last_order FROM replay_order_header GROUP BY customer_id;

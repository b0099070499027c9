-- What became of every order line that is due, for core.fact_order_stage. The rules:
-- * An event counts on its day. Events after the as-of date have not happened yet;
--   an event dated before its order counts on the day of the order; the same event
--   entered twice (line, stage, second, quantity, batch) counts once. An event
--   without quantity is the whole line.
-- * A stage has the day its first copies reached it, and the copies that ever did.
--   Where a line has no event, the day ordered, confirmed and taken into stock
--   comes from its purchase lines, invoiced and paid from invoices and payments.
-- * A source that records no delivery at all ends with what was sent out.
-- * Copies that were delivered were not cancelled, whatever else is said: ordered =
--   cancelled + delivered + open + untracked. Copies delivered beyond the order are
--   qty_over. A line is untracked where nothing but the order is known of it: no
--   event, no purchase, no status, and it was ordered before the first event of all.
-- * The status of a line that is over (delivered, closed, shipped …) ends it even
--   where no event does; its day of delivery is then unknown.
-- * The current stage is the furthest that all copies still wanted have reached, so
--   a line of which half is held up stands where that half is; a line that is over
--   stands at delivered, invoiced, paid or cancelled.
-- * Days between two neighbouring stages need both and count only forwards: a stage
--   that was skipped has none, one that came before its predecessor has none and
--   adds to stages_out_of_order.
-- * promised is the date given when the line was delivered or received, the
--   earliest of several, else the day the customer wanted it by.
CREATE OR REPLACE TEMP TABLE star_line_event AS
WITH once AS (
    SELECT e.line_id, e.stage, e.event_ts, e.qty, e.batch_id, min(e.promised_date) AS promised
    FROM stage.order_line_stage_event e
    JOIN due.order_line l ON l.line_id = e.line_id
    CROSS JOIN meta.star_parameter p
    WHERE NOT coalesce(e.is_deleted, false) AND CAST(e.event_ts AS DATE) <= p.as_of AND EXTRACT(year FROM e.event_ts) >= 1900
    GROUP BY e.line_id, e.stage, e.event_ts, e.qty, e.batch_id
)
SELECT e.line_id, s.stage_key, greatest(CAST(e.event_ts AS DATE), f.order_date) AS day, coalesce(e.qty, f.qty + f.qty_cancelled) AS qty,
       e.batch_id, e.promised
FROM once e
JOIN core.dim_stage s ON s.code = e.stage
JOIN core.fact_order_line f ON f.line_id = e.line_id;

CREATE OR REPLACE TEMP TABLE star_line_stage AS
WITH batched AS (
    SELECT e.line_id, e.stage_key, e.day, e.qty, e.promised, e.batch_id, b.batch_key, b.batch_type
    FROM star_line_event e
    LEFT JOIN core.dim_batch b ON b.batch_id = CAST(e.batch_id AS VARCHAR)
)
SELECT line_id,
       min(CASE WHEN stage_key = 1 THEN day END) AS d1,
       min(CASE WHEN stage_key = 2 THEN day END) AS d2,
       min(CASE WHEN stage_key = 3 THEN day END) AS d3,
       min(CASE WHEN stage_key = 4 THEN day END) AS d4,
       min(CASE WHEN stage_key = 5 THEN day END) AS d5,
       min(CASE WHEN stage_key = 6 THEN day END) AS d6,
       min(CASE WHEN stage_key = 7 THEN day END) AS d7,
       min(CASE WHEN stage_key = 8 THEN day END) AS d8,
       min(CASE WHEN stage_key = 9 THEN day END) AS d9,
       min(CASE WHEN stage_key = 10 THEN day END) AS d10,
       min(CASE WHEN stage_key = 11 THEN day END) AS d11,
       min(CASE WHEN stage_key = 12 THEN day END) AS d12,
       min(CASE WHEN stage_key = 13 THEN day END) AS d13,
       max(CASE WHEN stage_key = 1 THEN day END) AS last1,
       max(CASE WHEN stage_key = 2 THEN day END) AS last2,
       max(CASE WHEN stage_key = 3 THEN day END) AS last3,
       max(CASE WHEN stage_key = 4 THEN day END) AS last4,
       max(CASE WHEN stage_key = 5 THEN day END) AS last5,
       max(CASE WHEN stage_key = 6 THEN day END) AS last6,
       max(CASE WHEN stage_key = 7 THEN day END) AS last7,
       max(CASE WHEN stage_key = 8 THEN day END) AS last8,
       max(CASE WHEN stage_key = 9 THEN day END) AS last9,
       max(CASE WHEN stage_key = 10 THEN day END) AS last10,
       coalesce(CAST(sum(CASE WHEN stage_key = 1 THEN qty END) AS BIGINT), 0) AS q1,
       coalesce(CAST(sum(CASE WHEN stage_key = 2 THEN qty END) AS BIGINT), 0) AS q2,
       coalesce(CAST(sum(CASE WHEN stage_key = 3 THEN qty END) AS BIGINT), 0) AS q3,
       coalesce(CAST(sum(CASE WHEN stage_key = 4 THEN qty END) AS BIGINT), 0) AS q4,
       coalesce(CAST(sum(CASE WHEN stage_key = 5 THEN qty END) AS BIGINT), 0) AS q5,
       coalesce(CAST(sum(CASE WHEN stage_key = 6 THEN qty END) AS BIGINT), 0) AS q6,
       coalesce(CAST(sum(CASE WHEN stage_key = 7 THEN qty END) AS BIGINT), 0) AS q7,
       coalesce(CAST(sum(CASE WHEN stage_key = 8 THEN qty END) AS BIGINT), 0) AS q8,
       coalesce(CAST(sum(CASE WHEN stage_key = 9 THEN qty END) AS BIGINT), 0) AS q9,
       coalesce(CAST(sum(CASE WHEN stage_key = 10 THEN qty END) AS BIGINT), 0) AS q10,
       coalesce(CAST(sum(CASE WHEN stage_key = 11 THEN qty END) AS BIGINT), 0) AS q11,
       coalesce(CAST(sum(CASE WHEN stage_key = 12 THEN qty END) AS BIGINT), 0) AS q12,
       coalesce(CAST(sum(CASE WHEN stage_key = 13 THEN qty END) AS BIGINT), 0) AS q13,
       min_by(batch_key, batch_id) FILTER (WHERE batch_type = 'supplier_order') AS supplier_order_batch_key,
       min_by(batch_key, batch_id) FILTER (WHERE batch_type = 'consolidation') AS consolidation_batch_key,
       min_by(batch_key, batch_id) FILTER (WHERE batch_type = 'customs') AS customs_batch_key,
       min_by(batch_key, batch_id) FILTER (WHERE batch_type = 'settlement') AS settlement_batch_key,
       min_by(batch_key, batch_id) FILTER (WHERE batch_type = 'delivery') AS delivery_batch_key,
       min(CASE WHEN stage_key = 10 THEN promised END) AS promised_delivery,
       min(CASE WHEN stage_key = 9 THEN promised END) AS promised_outbound,
       min(CASE WHEN stage_key = 1 THEN promised END) AS promised_order
FROM batched
GROUP BY line_id;

CREATE OR REPLACE TEMP TABLE star_line_purchase AS
SELECT l.order_line_id AS line_id, min(o.po_date) AS ordered, min(l.confirmed_date) AS confirmed, min(l.first_received) AS inbound, max(coalesce(l.last_received, l.first_received)) AS last_inbound,
       CAST(sum(l.qty) AS BIGINT) AS qty, CAST(sum(coalesce(l.qty_received, 0)) AS BIGINT) AS qty_received,
       min(s.supplier_key) AS supplier_key, min_by(b.batch_key, o.batch_id) AS batch_key
FROM stage.purchase_line l
JOIN due.order_line d ON d.line_id = l.order_line_id
LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
LEFT JOIN core.dim_supplier s ON s.supplier_id = CAST(o.supplier_id AS VARCHAR)
LEFT JOIN core.dim_batch b ON b.batch_id = CAST(o.batch_id AS VARCHAR)
WHERE NOT coalesce(l.is_deleted, false)
GROUP BY l.order_line_id;

-- An invoice is paid on the day of its last payment, once the payments reach its total.
CREATE OR REPLACE TEMP TABLE star_line_invoice AS
WITH settled AS (
    SELECT a.invoice_id, sum(a.amount) AS amount, max(p.pay_date) AS paid
    FROM stage.payment_alloc a
    JOIN stage.payment p ON p.payment_id = a.payment_id
    CROSS JOIN meta.star_parameter r
    WHERE NOT coalesce(p.is_deleted, false) AND NOT coalesce(a.is_deleted, false) AND p.pay_date <= r.as_of
    GROUP BY a.invoice_id
)
SELECT l.line_id, min(i.inv_date) AS invoiced,
       CASE WHEN count(*) = count(CASE WHEN s.amount >= i.total THEN 1 END) THEN max(s.paid) END AS paid,
       CAST(sum(coalesce(l.qty, 0)) AS BIGINT) AS qty_invoiced,
       CAST(sum(CASE WHEN s.amount >= i.total THEN coalesce(l.qty, 0) ELSE 0 END) AS BIGINT) AS qty_paid
FROM stage.invoice_line l
JOIN due.order_line d ON d.line_id = l.line_id
JOIN stage.invoice i ON i.invoice_id = l.invoice_id
CROSS JOIN meta.star_parameter r
LEFT JOIN settled s ON s.invoice_id = l.invoice_id
WHERE NOT coalesce(l.is_deleted, false) AND NOT coalesce(i.is_deleted, false) AND i.inv_date <= r.as_of
  AND lower(coalesce(i.status, '')) NOT IN ('cancelled', 'canceled', 'void', 'voided', 'draft')
GROUP BY l.line_id;

-- The first days of the terms: 2026F begins in the autumn of 2026, 2026S in the
-- spring of 2026.
CREATE OR REPLACE TEMP TABLE star_term AS
SELECT CAST(year AS VARCHAR) || CASE WHEN term = 'autumn' THEN 'F' ELSE 'S' END AS code, min(date) AS first_day
FROM core.dim_date
WHERE days_to_term_start = 0
GROUP BY CAST(year AS VARCHAR) || CASE WHEN term = 'autumn' THEN 'F' ELSE 'S' END;

CREATE OR REPLACE TEMP TABLE star_flow AS
SELECT f.line_id, f.order_key, f.line_no, f.order_date, f.date_key, f.customer_key, f.title_key, f.clc_key, f.geo_key, f.channel_key,
       f.employee_key, f.publisher_key, f.catalogue_key, f.order_flag_key, f.is_rush, f.is_textbook, f.net, f.qty, f.source, f.source_row, p.last_inbound,
       d.qty_ordered, coalesce(d.qty_cancelled, 0) AS line_cancelled, lower(d.cancel_reason) AS cancel_reason, lower(f.status) AS status,
       h.required_date, t.pub_date, coalesce(m.first_day, x.date + x.days_to_term_start) AS term_start,
       s.line_id IS NOT NULL AS has_event, coalesce(f.order_date >= z.first_day, false) AS is_watched, p.line_id IS NOT NULL AS is_bought,
       coalesce(p.supplier_key, CASE WHEN f.publisher_key > 0 THEN f.publisher_key END, -1) AS supplier_key,
       coalesce(s.supplier_order_batch_key, p.batch_key, -1) AS supplier_order_batch_key,
       coalesce(s.consolidation_batch_key, -1) AS consolidation_batch_key, coalesce(s.customs_batch_key, -1) AS customs_batch_key,
       coalesce(s.settlement_batch_key, -1) AS settlement_batch_key, coalesce(s.delivery_batch_key, -1) AS delivery_batch_key,
       coalesce(s.promised_delivery, CASE WHEN z.stage_key = 9 THEN s.promised_outbound END, s.promised_order, h.required_date) AS promised,
       coalesce(s.d1, f.order_date) AS d1, coalesce(s.d2, CASE WHEN p.ordered <= r.as_of THEN greatest(p.ordered, f.order_date) END) AS d2,
       coalesce(s.d3, CASE WHEN p.confirmed <= r.as_of THEN greatest(p.confirmed, f.order_date) END) AS d3,
       s.d4, s.d5, s.d6, s.d7, coalesce(s.d8, CASE WHEN p.inbound <= r.as_of THEN greatest(p.inbound, f.order_date) END) AS d8, s.d9,
       CASE WHEN z.stage_key = 10 THEN s.d10 ELSE s.d9 END AS d10,
       coalesce(s.d11, i.invoiced) AS d11, coalesce(s.d12, i.paid) AS d12, s.d13,
       CASE WHEN z.stage_key = 10 THEN s.last10 ELSE s.last9 END AS last_delivered,
       s.last1, s.last2, s.last3, s.last4, s.last5, s.last6, s.last7, s.last8, s.last9,
       greatest(coalesce(s.q1, 0), d.qty_ordered) AS q1,
       coalesce(CASE WHEN s.q2 > 0 THEN s.q2 END, CASE WHEN p.ordered <= r.as_of THEN p.qty END, 0) AS q2,
       coalesce(CASE WHEN s.q3 > 0 THEN s.q3 END, CASE WHEN p.confirmed <= r.as_of THEN p.qty END, 0) AS q3, coalesce(s.q4, 0) AS q4, coalesce(s.q5, 0) AS q5, coalesce(s.q6, 0) AS q6,
       coalesce(s.q7, 0) AS q7, coalesce(CASE WHEN s.q8 > 0 THEN s.q8 END, CASE WHEN p.inbound <= r.as_of THEN p.qty_received END, 0) AS q8, coalesce(s.q9, 0) AS q9,
       CASE WHEN z.stage_key = 10 THEN coalesce(s.q10, 0) ELSE coalesce(s.q9, 0) END AS q10,
       coalesce(CASE WHEN s.q11 > 0 THEN s.q11 END, i.qty_invoiced, 0) AS q11, coalesce(CASE WHEN s.q12 > 0 THEN s.q12 END, i.qty_paid, 0) AS q12,
       coalesce(s.q13, 0) AS q13,
       coalesce(lower(f.status) IN ('delivered', 'complete', 'completed', 'closed', 'shipped', 'dispatched', 'fulfilled', 'done', 'invoiced', 'paid'), false) AS is_over,
       coalesce(lower(coalesce(d.status, f.status)) IN ('cancelled', 'canceled', 'void', 'voided', 'withdrawn'), false) AS is_withdrawn
FROM due.order_line d
JOIN core.fact_order_line f ON f.line_id = d.line_id
JOIN star_order_flow h ON h.order_id = f.order_id
CROSS JOIN meta.star_parameter r
CROSS JOIN star_final_stage z
LEFT JOIN core.dim_title t ON t.title_key = f.title_key
LEFT JOIN core.dim_date x ON x.date_key = f.date_key
LEFT JOIN star_term m ON m.code = upper(f.term)
LEFT JOIN star_line_stage s ON s.line_id = f.line_id
LEFT JOIN star_line_purchase p ON p.line_id = f.line_id
LEFT JOIN star_line_invoice i ON i.line_id = f.line_id;

-- Copies, stage and state of those lines.
CREATE OR REPLACE TEMP TABLE star_flow_state AS
WITH said AS (
    SELECT line_id, qty_ordered, q2, q3, q4, q5, q6, q7, q8, q9, q10, is_over,
           has_event OR is_watched OR is_bought OR status IS NOT NULL AS is_tracked,
           CASE WHEN is_withdrawn THEN qty_ordered ELSE least(greatest(line_cancelled, q13), qty_ordered) END AS cancelled
    FROM star_flow
), moved AS (
    SELECT line_id, qty_ordered, q2, q3, q4, q5, q6, q7, q8, q9, q10, is_tracked, cancelled,
           CASE WHEN is_over THEN greatest(least(q10, qty_ordered), qty_ordered - cancelled) ELSE least(q10, qty_ordered) END AS qty_delivered
    FROM said
), counted AS (
    SELECT line_id, qty_ordered, q2, q3, q4, q5, q6, q7, q8, q9, is_tracked, qty_delivered,
           least(cancelled, qty_ordered - qty_delivered) AS qty_cancelled,
           greatest(q10 - qty_ordered, 0) AS qty_over
    FROM moved
), placed AS (
    SELECT line_id, qty_delivered, qty_cancelled, qty_over, is_tracked,
           CASE WHEN is_tracked THEN qty_ordered - qty_cancelled - qty_delivered ELSE 0 END AS qty_open,
           CASE WHEN is_tracked THEN 0 ELSE qty_ordered - qty_cancelled - qty_delivered END AS qty_untracked,
           CASE WHEN qty_cancelled = qty_ordered THEN 13
                WHEN qty_ordered - qty_cancelled = qty_delivered THEN 10
                WHEN NOT is_tracked THEN 1
                WHEN q9 >= qty_ordered - qty_cancelled THEN 9
                WHEN q8 >= qty_ordered - qty_cancelled THEN 8
                WHEN q7 >= qty_ordered - qty_cancelled THEN 7
                WHEN q6 >= qty_ordered - qty_cancelled THEN 6
                WHEN q5 >= qty_ordered - qty_cancelled THEN 5
                WHEN q4 >= qty_ordered - qty_cancelled THEN 4
                WHEN q3 >= qty_ordered - qty_cancelled THEN 3
                WHEN q2 >= qty_ordered - qty_cancelled THEN 2
                ELSE 1 END AS current_stage_key
    FROM counted
)
SELECT p.line_id, p.qty_delivered, p.qty_cancelled, p.qty_over, p.qty_open, p.qty_untracked, p.is_tracked,
       CASE WHEN p.current_stage_key = 10 AND f.d12 IS NOT NULL THEN 12
            WHEN p.current_stage_key = 10 AND f.d11 IS NOT NULL THEN 11
            ELSE p.current_stage_key END AS current_stage_key,
       CASE WHEN p.qty_open > 0 THEN CASE p.current_stage_key WHEN 2 THEN coalesce(f.last2, f.d2) WHEN 3 THEN coalesce(f.last3, f.d3) WHEN 4 THEN coalesce(f.last4, f.d4) WHEN 5 THEN coalesce(f.last5, f.d5) WHEN 6 THEN coalesce(f.last6, f.d6) WHEN 7 THEN coalesce(f.last7, f.d7) WHEN 8 THEN coalesce(f.last8, f.d8) WHEN 9 THEN coalesce(f.last9, f.d9) ELSE f.d1 END END AS stage_since,
       CASE WHEN p.qty_open = 0 AND p.qty_delivered > 0 AND f.q10 >= p.qty_delivered THEN f.last_delivered END AS completed
FROM placed p
JOIN star_flow f ON f.line_id = p.line_id;

-- core.fact_purchase_line: what was ordered from suppliers and what came of it, by
-- the day of the purchase order. Money is in report currency: cost_ordered, cost
-- (copies received) and price_variance at the rate of the purchase order's day,
-- cost_settled at the rate its payments were made at, which is unknown until there
-- are any; fx_difference is cost_settled less cost.
-- The price agreed is the list price of that day (title_price in the currency of
-- the order, else the title's own) less the supplier's usual discount;
-- price_variance is what was paid above it for the copies received.
-- A purchase order that is unknown leaves its lines under (unknown), without rate.
CREATE OR REPLACE TEMP TABLE star_agreed AS
WITH listed AS (
    SELECT l.po_line_id, x.price, x.valid_from
    FROM due.purchase_line l
    JOIN stage.purchase_order o ON o.po_id = l.po_id
    CROSS JOIN meta.star_parameter p
    JOIN stage.title_price x ON x.title_id = l.title_id AND x.ccy = coalesce(o.ccy, p.currency)
         AND o.po_date >= coalesce(x.valid_from, o.po_date) AND o.po_date <= coalesce(x.valid_to, o.po_date)
    WHERE NOT coalesce(x.is_deleted, false)
), latest AS (
    SELECT po_line_id, max(coalesce(valid_from, DATE '1900-01-01')) AS valid_from
    FROM listed
    GROUP BY po_line_id
)
SELECT l.po_line_id, min(l.price) AS price
FROM listed l
JOIN latest m ON m.po_line_id = l.po_line_id AND m.valid_from = coalesce(l.valid_from, DATE '1900-01-01')
GROUP BY l.po_line_id;

CREATE OR REPLACE TABLE core.fact_purchase_line AS
WITH priced AS (
    SELECT l.po_line_id, l.po_id, l.order_line_id, l.qty, coalesce(l.qty_received, 0) AS qty_received, coalesce(l.qty_short, 0) AS qty_short,
           coalesce(l.qty_damaged, 0) AS qty_damaged, l.unit_cost_fcy, l.confirmed_date, l.due_date, l.first_received,
           coalesce(l.last_received, l.first_received) AS last_received, lower(l.supplier_report_code) AS report, l.source, l._row, l.title_id,
           o.po_date, coalesce(o.ccy, p.currency) AS ccy, o.supplier_id, o.batch_id, lower(o.status) AS status, p.as_of,
           CASE WHEN o.po_id IS NULL THEN NULL WHEN coalesce(o.ccy, p.currency) = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate,
           CASE WHEN coalesce(o.ccy, p.currency) = p.currency AND s.po_id IS NOT NULL THEN CAST(1 AS DECIMAL(18, 8)) ELSE s.rate END AS settled,
           CASE WHEN coalesce(a.price, CASE WHEN t.list_ccy = coalesce(o.ccy, p.currency) THEN t.list_price END) BETWEEN 0 AND 90000000
                THEN CAST(coalesce(a.price, CASE WHEN t.list_ccy = coalesce(o.ccy, p.currency) THEN t.list_price END)
                          * CAST((100 - u.discount_std) * 0.01 AS DECIMAL(9, 6)) AS DECIMAL(18, 4)) END AS agreed
    FROM due.purchase_line l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id AND NOT coalesce(o.is_deleted, false)
    LEFT JOIN stage.supplier u ON u.supplier_id = o.supplier_id
    LEFT JOIN stage.title t ON t.title_id = l.title_id
    LEFT JOIN star_agreed a ON a.po_line_id = l.po_line_id
    LEFT JOIN star_rate_day r ON r.ccy = o.ccy AND r.day = o.po_date
    LEFT JOIN star_settled s ON s.po_id = o.po_id
    WHERE NOT coalesce(l.is_deleted, false)
), costed AS (
    SELECT po_line_id,
           CASE WHEN CAST(qty AS DOUBLE) * CAST(unit_cost_fcy AS DOUBLE) BETWEEN -9E13 AND 9E13 THEN CAST(qty * unit_cost_fcy AS DECIMAL(18, 4)) END AS cost_fcy,
           CASE WHEN CAST(qty AS DOUBLE) * CAST(unit_cost_fcy AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(CAST(qty * unit_cost_fcy AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost_ordered,
           CASE WHEN CAST(qty_received AS DOUBLE) * CAST(unit_cost_fcy AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(CAST(qty_received * unit_cost_fcy AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty_received AS DECIMAL(20, 0)) * unit_cost_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost,
           CASE WHEN CAST(qty_received AS DOUBLE) * CAST(unit_cost_fcy AS DOUBLE) * CAST(settled AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(CAST(qty_received * unit_cost_fcy AS DECIMAL(18, 4)) * settled AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty_received AS DECIMAL(20, 0)) * unit_cost_fcy AS DECIMAL(28, 4)) * settled AS DECIMAL(18, 4)) END AS cost_settled,
           CASE WHEN CAST(qty_received AS DOUBLE) * CAST(agreed AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5 THEN CAST(CAST(qty_received * agreed AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty_received AS DECIMAL(20, 0)) * agreed AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost_agreed
    FROM priced
)
SELECT q.po_line_id, q.po_id, q.order_line_id AS line_id, coalesce(d.date_key, -1) AS date_key, q.po_date,
       coalesce(e.date_key, -1) AS due_date_key, coalesce(g.date_key, -1) AS received_date_key,
       coalesce(s.supplier_key, -1) AS supplier_key, coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key,
       coalesce(t.publisher_key, -1) AS publisher_key, coalesce(y.currency_key, -1) AS currency_key, coalesce(b.batch_key, -1) AS batch_key,
       CASE WHEN f.line_id IS NULL THEN CASE WHEN t.is_textbook THEN 3 ELSE 1 END
            WHEN f.order_flag_key > 32 THEN f.order_flag_key - 32 ELSE f.order_flag_key END
           + CASE WHEN t.pub_date > q.po_date THEN 32 ELSE 0 END AS order_flag_key,
       q.qty, q.qty_received, q.qty_short, q.qty_damaged, greatest(q.qty - q.qty_received - q.qty_short, 0) AS qty_open,
       q.unit_cost_fcy, q.rate, q.settled AS rate_settled, c.cost_fcy, c.cost_ordered, c.cost, c.cost_settled,
       CAST(c.cost_settled - c.cost AS DECIMAL(18, 4)) AS fx_difference, q.agreed AS unit_agreed_fcy,
       CAST(c.cost - c.cost_agreed AS DECIMAL(18, 4)) AS price_variance, CASE WHEN c.cost IS NOT NULL THEN c.cost_agreed END AS cost_agreed,
       q.confirmed_date, q.due_date, q.first_received, q.last_received,
       CASE WHEN q.confirmed_date >= q.po_date THEN CAST(q.confirmed_date - q.po_date AS INTEGER) END AS days_to_confirm,
       CASE WHEN q.first_received >= q.po_date THEN CAST(q.first_received - q.po_date AS INTEGER) END AS lead_days,
       CASE WHEN q.first_received >= q.po_date THEN g.working_day_seq - d.working_day_seq END AS lead_workdays,
       CAST(q.first_received - q.due_date AS INTEGER) AS slip_days,
       q.first_received <= q.due_date AS is_in_time,
       q.due_date < q.as_of AND q.qty_received + q.qty_short < q.qty AND coalesce(q.status, 'open') NOT IN ('closed', 'cancelled', 'canceled', 'done') AS is_overdue,
       q.due_date <= q.as_of AS is_due,
       q.qty_received + q.qty_short >= q.qty AS is_settled,
       f.line_id IS NOT NULL AS is_for_customer, q.report AS supplier_report, q.source, q._row AS source_row
FROM priced q
JOIN costed c ON c.po_line_id = q.po_line_id
LEFT JOIN core.dim_date d ON d.date = q.po_date
LEFT JOIN core.dim_date e ON e.date = q.due_date
LEFT JOIN core.dim_date g ON g.date = q.first_received
LEFT JOIN core.dim_supplier s ON s.supplier_id = CAST(q.supplier_id AS VARCHAR)
LEFT JOIN star_title_map t ON t.title_id = q.title_id
LEFT JOIN core.dim_currency y ON y.ccy = q.ccy
LEFT JOIN core.dim_batch b ON b.batch_id = CAST(q.batch_id AS VARCHAR)
LEFT JOIN core.fact_order_line f ON f.line_id = q.order_line_id
ORDER BY q.po_date NULLS LAST, q.po_line_id;

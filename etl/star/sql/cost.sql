-- Cost of order lines from the purchase lines that serve them: copies received
-- (copies ordered less those short, until any have come) at their cost, at the rate of
-- the purchase order's day. Unknown as soon as one part of it is unknown.
CREATE OR REPLACE TEMP TABLE star_cost AS
WITH part AS (
    SELECT l.order_line_id AS line_id,
           CASE WHEN l.qty_received > 0 THEN l.qty_received
                WHEN coalesce(l.qty_short, 0) >= l.qty THEN 0
                ELSE l.qty - coalesce(l.qty_short, 0) END AS qty,
           l.unit_cost_fcy AS unit_cost,
           CASE WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate,
           o.po_id
    FROM due.purchase_line l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
    LEFT JOIN star_rate_day r ON r.ccy = o.ccy AND r.day = o.po_date
    WHERE l.order_line_id IS NOT NULL AND NOT coalesce(l.is_deleted, false)
), priced AS (
    SELECT line_id,
           CASE WHEN po_id IS NULL THEN NULL
                WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost
    FROM part
)
SELECT line_id, CASE WHEN count(*) = count(cost) THEN TRY_CAST(sum(cost) AS DECIMAL(18, 4)) END AS cost
FROM priced
GROUP BY line_id;

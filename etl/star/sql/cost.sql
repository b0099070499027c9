-- Cost of order lines from the purchase lines that serve them: copies received
-- (copies ordered less those short, until any have come) at their cost, at the rate of
-- the purchase order's day. Unknown as soon as one part of it is unknown. bought are
-- those copies: what is bought beyond the copies that a line counts is no cost of it.
-- The same at constant rates, and at the rates the purchases were settled at.
CREATE OR REPLACE TEMP TABLE star_cost AS
WITH part AS (
    SELECT l.order_line_id AS line_id,
           CASE WHEN l.qty_received > 0 THEN l.qty_received
                WHEN coalesce(l.qty_short, 0) >= l.qty THEN 0
                ELSE l.qty - coalesce(l.qty_short, 0) END AS qty,
           l.unit_cost_fcy AS unit_cost,
           CASE WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate,
           CASE WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE k.rate END AS rate_constant,
           CASE WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE coalesce(s.rate, r.rate) END AS rate_settled,
           o.po_id
    FROM due.purchase_line l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
    LEFT JOIN star_rate_day r ON r.ccy = o.ccy AND r.day = o.po_date
    LEFT JOIN meta.constant_rate k ON k.ccy = o.ccy
    LEFT JOIN star_po_rate s ON s.po_id = o.po_id
    WHERE l.order_line_id IS NOT NULL AND NOT coalesce(l.is_deleted, false)
), priced AS (
    SELECT line_id, qty,
           CASE WHEN po_id IS NULL THEN NULL
                WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost,
           CASE WHEN po_id IS NULL THEN NULL
                WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate_constant AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate_constant AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate_constant AS DECIMAL(18, 4)) END AS cost_constant,
           CASE WHEN po_id IS NULL THEN NULL
                WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate_settled AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate_settled AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate_settled AS DECIMAL(18, 4)) END AS cost_settled
    FROM part
)
SELECT line_id, sum(qty) AS bought,
       CASE WHEN count(*) = count(cost) THEN TRY_CAST(sum(cost) AS DECIMAL(18, 4)) END AS cost,
       CASE WHEN count(*) = count(cost_constant) THEN TRY_CAST(sum(cost_constant) AS DECIMAL(18, 4)) END AS cost_constant,
       CASE WHEN count(*) = count(cost_settled) THEN TRY_CAST(sum(cost_settled) AS DECIMAL(18, 4)) END AS cost_settled
FROM priced
GROUP BY line_id;

-- meta.star_landed_line: what it cost to bring order lines in.
-- By order line: goods at the settled rate (at that of the purchase order's day
-- until they are paid), freight and duty. Freight is unknown until copies of the
-- line are in a batch that bears some; where no batch does, there is none.
CREATE OR REPLACE TABLE meta.star_landed_line AS
WITH bought AS (
    SELECT l.order_line_id AS line_id,
           CASE WHEN l.qty_received > 0 THEN l.qty_received
                WHEN coalesce(l.qty_short, 0) >= l.qty THEN 0
                ELSE l.qty - coalesce(l.qty_short, 0) END AS qty,
           l.unit_cost_fcy AS unit_cost,
           CASE WHEN o.po_id IS NULL THEN NULL
                WHEN o.ccy IS NULL OR o.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8))
                ELSE coalesce(s.rate, r.rate) END AS rate
    FROM due.purchase_line l
    CROSS JOIN meta.star_parameter p
    LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
    LEFT JOIN star_settled s ON s.po_id = o.po_id
    LEFT JOIN star_rate_day r ON r.ccy = o.ccy AND r.day = o.po_date
    WHERE l.order_line_id IS NOT NULL AND NOT coalesce(l.is_deleted, false)
), priced AS (
    SELECT line_id, qty,
           CASE WHEN CAST(qty AS DOUBLE) * CAST(unit_cost AS DOUBLE) * CAST(rate AS DOUBLE) BETWEEN -9E5 AND 9E5
                THEN CAST(CAST(qty * unit_cost AS DECIMAL(18, 4)) * rate AS DECIMAL(18, 4))
                ELSE TRY_CAST(CAST(CAST(qty AS DECIMAL(20, 0)) * unit_cost AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS cost
    FROM bought
), goods AS (
    SELECT line_id, sum(qty) AS bought, CASE WHEN count(*) = count(cost) THEN TRY_CAST(sum(cost) AS DECIMAL(18, 4)) END AS cost
    FROM priced
    GROUP BY line_id
), carried AS (
    SELECT c.line_id, CAST(sum(c.freight) AS DECIMAL(18, 4)) AS freight, CAST(sum(c.duty) AS DECIMAL(18, 4)) AS duty
    FROM core.fact_batch_cost c
    JOIN due.order_line l ON l.line_id = c.line_id
    GROUP BY c.line_id
)
SELECT coalesce(g.line_id, c.line_id) AS line_id, CAST(g.bought AS BIGINT) AS bought, g.cost, c.freight, c.duty
FROM goods g
FULL JOIN carried c ON c.line_id = g.line_id
ORDER BY coalesce(g.line_id, c.line_id);

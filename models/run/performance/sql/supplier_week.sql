-- What came of what was ordered from suppliers, by week of the purchase order.
-- Lead time is judged in print only, as the logarithm of days over the median of
-- all suppliers in the same month (rush apart), at most threefold either way: so
-- neither titles still to appear nor what delays everybody's goods count against
-- a supplier.
CREATE OR REPLACE TEMP TABLE supplier_week AS
WITH line AS (
    SELECT p.supplier_key, CAST(date_trunc('week', p.po_date) AS DATE) AS week, CAST(date_trunc('month', p.po_date) AS DATE) AS month, coalesce(g.is_rush, false) AS is_rush,
           CASE WHEN NOT coalesce(g.is_forthcoming, false) AND p.lead_days > 0 THEN p.lead_days END AS lead_days,
           p.is_settled, p.qty_short, p.qty_damaged
    FROM core.fact_purchase_line AS p
    LEFT JOIN core.dim_order_flags AS g ON g.order_flag_key = p.order_flag_key
    CROSS JOIN meta.run AS r
    WHERE p.supplier_key <> -1 AND p.po_date IS NOT NULL AND p.po_date <= r.as_of
), usual AS (
    SELECT month, is_rush, quantile_disc(lead_days, 0.5) AS lead_days
    FROM line
    WHERE lead_days IS NOT NULL
    GROUP BY month, is_rush
)
SELECT l.supplier_key, CAST(l.week - DATE '1970-01-01' AS INTEGER) AS week_day,
       count(l.lead_days) AS leads,
       CAST(coalesce(sum(CASE WHEN l.lead_days IS NOT NULL THEN CAST(greatest(least(ln(l.lead_days / CAST(u.lead_days AS DOUBLE)), 1.0986), -1.0986) AS DECIMAL(18, 8)) END), 0) AS DOUBLE) AS slow,
       sum(CASE WHEN l.is_settled THEN 1 ELSE 0 END) AS settled,
       sum(CASE WHEN l.is_settled AND l.qty_short > 0 THEN 1 ELSE 0 END) AS short,
       sum(CASE WHEN l.is_settled AND l.qty_damaged > 0 THEN 1 ELSE 0 END) AS damaged
FROM line AS l
LEFT JOIN usual AS u ON u.month = l.month AND u.is_rush = l.is_rush
GROUP BY l.supplier_key, l.week

-- feature.rfm: one row per known customer with at least one purchase up to the
-- given day.
--   recency_days  days from the last purchase to that day
--   frequency     distinct orders with a positive amount
--   monetary      net sales of those orders, report currency
WITH until AS (
    SELECT CAST(? AS DATE) AS as_of
),
purchase AS (
    SELECT
        l.customer_key,
        l.order_key,
        max(l.order_date) AS "order_date",
        sum(l.net) AS "net"
    FROM core.fact_order_line AS l
    CROSS JOIN until AS r
    WHERE l.customer_key <> -1 AND l.net > 0 AND l.order_date <= r.as_of
    GROUP BY l.customer_key, l.order_key
)
SELECT
    p.customer_key,
    r.as_of,
    CAST(r.as_of - max(p.order_date) AS INTEGER) AS "recency_days",
    CAST(count(*) AS INTEGER) AS "frequency",
    CAST(sum(p.net) AS DECIMAL(18, 4)) AS "monetary"
FROM purchase AS p
CROSS JOIN until AS r
GROUP BY p.customer_key, r.as_of
ORDER BY p.customer_key

-- feature.customer_value: one row per known customer and basis, over the window
-- from a day to a day.
--   revenue  net sales in the window
--   margin   net sales less cost in the window, over the lines whose cost is
--            known; no rows at all when no line has a cost
WITH sold AS (
    SELECT
        l.customer_key,
        sum(l.net) AS "revenue",
        sum(l.margin) AS "margin"
    FROM core.fact_order_line AS l
    WHERE l.order_date >= CAST(? AS DATE) AND l.order_date <= CAST(? AS DATE)
    GROUP BY l.customer_key
),
known AS (
    SELECT c.customer_key, s.revenue, s.margin
    FROM core.dim_customer AS c
    LEFT JOIN sold AS s ON s.customer_key = c.customer_key
    WHERE c.customer_key <> -1
)
SELECT
    k.customer_key,
    'revenue' AS "basis",
    CAST(coalesce(k.revenue, 0) AS DECIMAL(18, 4)) AS "value"
FROM known AS k
UNION ALL
SELECT
    k.customer_key,
    'margin' AS "basis",
    CAST(coalesce(k.margin, 0) AS DECIMAL(18, 4)) AS "value"
FROM known AS k
WHERE EXISTS (SELECT 1 AS "one" FROM sold AS s WHERE s.margin IS NOT NULL)
ORDER BY "basis", "customer_key"

-- The customers with the most revenue in the window, with the year before.
-- Parameters: current from, to; previous from, to; as-of; how many.
WITH sums AS (
  SELECT customer_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "before",
    MAX(CASE WHEN order_date <= ? THEN order_date END) AS "last"
  FROM core.fact_order_line
  WHERE customer_key <> -1
  GROUP BY customer_key
)
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, p.tier, r.segment, s."now", s."before", s."last"
FROM sums AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
LEFT JOIN score.pyramid AS p ON p.customer_key = s.customer_key AND p.basis = 'revenue'
LEFT JOIN score.rfm AS r ON r.customer_key = s.customer_key
WHERE s."now" > 0
ORDER BY s."now" DESC, c.customer_id, s.customer_key
LIMIT ?

-- The customers of the whole year before, by their revenue in it, that have no
-- order in the window. Their rank is among all customers of that year.
-- Parameters: year from, to, twice; window from, to; same days a year before from, to; as-of; how many.
WITH sums AS (
  SELECT customer_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "year",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "lines_year",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "same_days",
    MAX(CASE WHEN order_date <= ? THEN order_date END) AS "last"
  FROM core.fact_order_line
  WHERE customer_key <> -1
  GROUP BY customer_key
), ranked AS (
  SELECT customer_key, "year", "now", "same_days", "last",
    ROW_NUMBER() OVER (ORDER BY "year" DESC, customer_key) AS "place"
  FROM sums
  WHERE "lines_year" > 0
)
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, s."place", s."year", s."same_days", s."last"
FROM ranked AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE s."now" = 0
ORDER BY s."place"
LIMIT ?

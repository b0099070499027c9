-- feature.customer_breadth: how many subjects every known customer bought from
-- in the window. One row per customer that bought in it.
SELECT l.customer_key, CAST(count(DISTINCT c.bucket) AS INTEGER) AS "subjects"
FROM core.fact_order_line AS l
CROSS JOIN feature."window" AS w
INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
WHERE l.customer_key <> -1 AND l.clc_key <> -1 AND l.order_date >= w.from_date AND l.order_date <= w.to_date
GROUP BY l.customer_key
ORDER BY l.customer_key

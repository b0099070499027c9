-- feature.whitespace_cell: lines and net sales by customer and subject in the 24
-- months up to the given date, of known customers and subjects.
SELECT l.customer_key, c.bucket, CAST(count(*) AS INTEGER) AS "lines", CAST(sum(l.net) AS DECIMAL(18, 4)) AS "net"
FROM core.fact_order_line AS l
INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
WHERE l.customer_key <> -1 AND l.clc_key <> -1 AND l.qty > 0
  AND l.order_date <= CAST(? AS DATE) AND l.order_date > CAST(CAST(? AS DATE) - INTERVAL 24 MONTH AS DATE)
GROUP BY l.customer_key, c.bucket
ORDER BY l.customer_key, c.bucket

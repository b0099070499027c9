-- feature.churn_class: the order lines of known customers by day and subject, as
-- feature.churn_day counts them. One row a customer, day and subject.
SELECT l.customer_key, CAST(l.order_date - DATE '1970-01-01' AS INTEGER) AS day, c.bucket, CAST(count(*) AS INTEGER) AS lines
FROM core.fact_order_line AS l
CROSS JOIN meta.run AS r
INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
WHERE l.customer_key <> -1 AND l.clc_key <> -1 AND c.bucket IS NOT NULL AND l.order_date <= r.as_of AND l.qty + coalesce(l.qty_cancelled, 0) > 0 AND (l.net > 0 OR l.qty = 0)
GROUP BY l.customer_key, CAST(l.order_date - DATE '1970-01-01' AS INTEGER), c.bucket
ORDER BY l.customer_key, day, c.bucket

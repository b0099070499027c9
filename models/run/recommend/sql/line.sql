-- What customers took of titles, a row for each pair and day: net of
-- cancellations, returns as negative copies on the day they came back.
WITH line AS (
    SELECT l.customer_key, l.title_key, l.order_date AS day, CAST(l.qty - coalesce(l.qty_cancelled, 0) AS BIGINT) AS copies
    FROM core.fact_order_line AS l
    WHERE l.qty > coalesce(l.qty_cancelled, 0) AND l.order_date <= CAST($1 AS DATE)
    UNION ALL
    SELECT r.customer_key, r.title_key, r.return_date, -CAST(r.qty AS BIGINT)
    FROM core.fact_return AS r
    WHERE r.qty > 0 AND r.return_date <= CAST($1 AS DATE)
)
SELECT x.customer_key, x.title_key, x.day, CAST(sum(x.copies) AS DOUBLE) AS copies
FROM line AS x
INNER JOIN feature.offer_customer AS c ON c.customer_key = x.customer_key
INNER JOIN feature.offer_title AS t ON t.title_key = x.title_key
GROUP BY x.customer_key, x.title_key, x.day
ORDER BY x.customer_key, x.title_key, x.day

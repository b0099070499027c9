-- Customers who rush most, with their share of rush lines. Parameters: first and last day, how many.
SELECT c.customer_id, c.name, c.customer_type, count(CASE WHEN f.is_rush THEN 1 END) AS rush, count(*) AS lines, CAST(count(CASE WHEN f.is_rush THEN 1 END) AS DOUBLE) / count(*) AS share
FROM core.fact_order_stage AS f
JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
WHERE f.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE) AND f.customer_key <> -1
GROUP BY f.customer_key, c.customer_id, c.name, c.customer_type
HAVING count(CASE WHEN f.is_rush THEN 1 END) > 0
ORDER BY rush DESC, share DESC, f.customer_key
LIMIT ?

-- The titles of the orders of a period, and whose they are; an order of nobody known
-- stands for itself.
SELECT l.order_key AS basket, l.title_key AS item, min(CASE WHEN l.customer_key = -1 THEN -CAST(l.order_key AS BIGINT) ELSE l.customer_key END) AS owner, max(l.order_date) AS last_date
FROM core.fact_order_line AS l
WHERE l.qty > 0 AND l.title_key <> -1 AND l.order_date >= CAST(? AS DATE) AND l.order_date <= CAST(? AS DATE)
GROUP BY l.order_key, l.title_key

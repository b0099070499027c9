-- The subjects of the orders of a period, and whose they are; an order of nobody known
-- stands for itself.
SELECT l.order_key AS basket, i.item AS item, min(CASE WHEN l.customer_key = -1 THEN -CAST(l.order_key AS BIGINT) ELSE l.customer_key END) AS owner, max(l.order_date) AS last_date
FROM core.fact_order_line AS l
INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
INNER JOIN feature.basket_item AS i ON i.kind = 'subject' AND i.code = coalesce(c.l3_code, c.l2_code, c.l1_code)
WHERE l.qty > 0 AND l.order_date >= CAST(? AS DATE) AND l.order_date <= CAST(? AS DATE)
GROUP BY l.order_key, i.item

-- The classes that customers bought in a period.
SELECT l.customer_key AS basket, i.item AS item, l.customer_key AS owner, max(l.order_date) AS last_date
FROM core.fact_order_line AS l
INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
INNER JOIN feature.basket_item AS i ON i.kind = 'class' AND i.code = c.bucket
WHERE l.qty > 0 AND l.customer_key <> -1 AND l.order_date >= CAST(? AS DATE) AND l.order_date <= CAST(? AS DATE)
GROUP BY l.customer_key, i.item

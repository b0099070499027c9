-- The series that customers bought any volume of in a period.
SELECT l.customer_key AS basket, i.item AS item, l.customer_key AS owner, max(l.order_date) AS last_date
FROM core.fact_order_line AS l
INNER JOIN core.dim_title AS t ON t.title_key = l.title_key
INNER JOIN feature.basket_item AS i ON i.kind = 'series' AND i.code = t.series_id
WHERE l.qty > 0 AND l.customer_key <> -1 AND l.title_key <> -1 AND l.order_date >= CAST(? AS DATE) AND l.order_date <= CAST(? AS DATE)
GROUP BY l.customer_key, i.item

-- feature.demand_title_month: copies of these titles by month of an order.
SELECT l.title_key, CAST(EXTRACT(year FROM l.order_date) * 12 + EXTRACT(month FROM l.order_date) - 1 AS INTEGER) AS "month_no",
       CAST(sum(l.qty) AS BIGINT) AS "copies"
FROM core.fact_order_line AS l
INNER JOIN feature.demand_title AS t ON t.title_key = l.title_key
CROSS JOIN feature.demand_span AS s
WHERE l.order_date >= s.from_date AND l.order_date < s.end_date
GROUP BY l.title_key, 2
ORDER BY l.title_key, 2

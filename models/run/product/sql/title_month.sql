-- Copies ordered of every title in the complete months from the given one, by
-- month numbered from there; months without a sale have no row.
SELECT l.title_key, (year(l.order_date) * 12 + month(l.order_date)) - (year(s.first_month) * 12 + month(s.first_month)) AS month_no, sum(l.qty) AS copies
FROM core.fact_order_line AS l
CROSS JOIN (SELECT CAST(? AS DATE) AS first_month, CAST(? AS DATE) AS end_month) AS s
WHERE l.title_key <> -1 AND l.qty > 0 AND l.order_date >= s.first_month AND l.order_date < s.end_month
GROUP BY l.title_key, (year(l.order_date) * 12 + month(l.order_date)) - (year(s.first_month) * 12 + month(s.first_month))
ORDER BY l.title_key, month_no

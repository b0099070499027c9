-- Rush orders beside the others, of the lines ordered in the twelve months. Parameters: first and last day.
SELECT coalesce(f.is_rush, false) AS is_rush, count(*) AS lines, sum(l.net) AS net, quantile_disc(f.days_to_order, 0.5) AS to_order, quantile_disc(f.days_total, 0.5) AS p50, quantile_disc(f.days_total, 0.9) AS p90,
       count(CASE WHEN f.is_due THEN 1 END) AS due, count(CASE WHEN f.is_due AND f.is_on_time THEN 1 END) AS on_time,
       sum(CASE WHEN coalesce(l.gross_margin, l.margin) IS NOT NULL THEN l.net END) AS costed, sum(coalesce(l.gross_margin, l.margin)) AS margin, count(f.days_total) AS finished
FROM core.fact_order_stage AS f
LEFT JOIN core.fact_order_line AS l ON l.line_id = f.line_id
WHERE f.order_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY coalesce(f.is_rush, false)
ORDER BY is_rush DESC

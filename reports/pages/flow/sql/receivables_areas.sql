-- What is owed and overdue by area.
SELECT coalesce(g.area, ''), coalesce(g.area_zh, ''), sum(v.open) AS open, sum(v.overdue) AS overdue, count(DISTINCT CASE WHEN v.is_overdue THEN v.customer_key END) AS customers
FROM core.fact_receivable AS v
LEFT JOIN core.dim_geo AS g ON g.geo_key = v.geo_key
WHERE v.is_open
GROUP BY coalesce(g.area, ''), coalesce(g.area_zh, '')
ORDER BY overdue DESC, open DESC, 1

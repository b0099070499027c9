-- Customers whose budget is five times our sales or more, the largest potential
-- first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, w.sales_12, w.budget, w.share, w.potential, w.p_alive, count(*) OVER () AS every
FROM score.wallet AS w
JOIN core.dim_customer AS c ON c.customer_key = w.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE w.is_low
ORDER BY w.potential DESC, w.customer_key
LIMIT ?

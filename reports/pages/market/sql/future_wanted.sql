-- Customers of high value to come with whom we do little of what we could, the
-- largest potential margin first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, w.sales_12, w.wallet, w.basis, w.share, w.clv, w.potential_margin, count(*) OVER () AS every
FROM score.wallet AS w
JOIN core.dim_customer AS c ON c.customer_key = w.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE w.is_wanted
ORDER BY w.potential_margin DESC NULLS LAST, w.potential DESC, w.customer_key
LIMIT ?

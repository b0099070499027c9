-- Customers who moved between tiers with the largest change of sales: down and
-- out for -1, up and in for 1. Parameters: -1 or 1, how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, m.from_tier, m.to_tier, m.value_before, m.value_now, m.value_now - m.value_before AS change
FROM score.tier_move AS m
JOIN core.dim_customer AS c ON c.customer_key = m.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
CROSS JOIN (SELECT CAST(? AS INTEGER) AS side) AS s
WHERE m.basis = 'revenue' AND (s.side = -1 AND m.move IN ('down', 'left') OR s.side = 1 AND m.move IN ('up', 'new', 'returned'))
ORDER BY (m.value_now - m.value_before) * s.side DESC, m.customer_key
LIMIT ?

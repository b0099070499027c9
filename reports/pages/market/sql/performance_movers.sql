-- The customers whose spend changed most: losses for -1, gains for 1.
-- Parameters: -1 or 1, how many.
SELECT c.customer_id, c.name, c.customer_type, a.area, a.area_zh, g.status, g.net_before, g.net_now, g.change, g.last_order
FROM score.gain_loss AS g
JOIN core.dim_customer AS c ON c.customer_key = g.customer_key
LEFT JOIN core.dim_geo AS a ON a.geo_key = c.geo_key AND a.geo_key <> -1
CROSS JOIN (SELECT CAST(? AS INTEGER) AS side) AS s
WHERE g.change * s.side > 0 AND g.customer_key <> -1
ORDER BY g.change * s.side DESC, g.customer_key
LIMIT ?

-- The customers that lose most, with what they cost above others of their type.
-- Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, p.gross, p.net, p.contribution, p.reason_1, p.excess_1, p.reason_2, p.excess_2
FROM score.customer_profit AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE p.contribution < 0
ORDER BY p.contribution, p.customer_key
LIMIT ?

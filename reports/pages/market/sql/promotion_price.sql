-- Customers for whom price counts, or service, the surest first. Parameters: the
-- advice, how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, p.quotes, p.accepted, p.price, p.elasticity, p.transaction, p.best_price
FROM score.price AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE p.advice = ?
ORDER BY abs(p.transaction - 0.5) DESC, p.quotes DESC, p.customer_key
LIMIT ?

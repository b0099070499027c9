-- Dormant customers worth calling: those whose value to come, or else whose
-- loyalty, is largest. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, s.last_date, s.silent_days, s.lost_on, s.loyalty, v.p_alive, v.sales_to_come
FROM score.loyalty AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
LEFT JOIN score.clv AS v ON v.customer_key = s.customer_key
WHERE s.status = 'dormant'
ORDER BY v.sales_to_come DESC NULLS LAST, s.loyalty DESC, s.customer_key
LIMIT ?

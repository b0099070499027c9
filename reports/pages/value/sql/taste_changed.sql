-- Customers whose taste changed, the latest first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, p."lines", p.drift_date, p.drift_from_name, p.drift_from_name_zh, p.drift_to_name, p.drift_to_name_zh, p.drift_p
FROM score.taste_profile AS p
JOIN core.dim_customer AS c ON c.customer_key = p.customer_key
WHERE p.has_drifted
ORDER BY p.drift_date DESC, p."lines" DESC, p.customer_key
LIMIT ?

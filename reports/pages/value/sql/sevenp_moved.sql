-- Customers whose composite moved most since the last earlier run, tiers above
-- small first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, s.tier, s.before_as_of, s."before", s.composite, s.change
FROM score.sevenp AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
WHERE s.change <> 0
ORDER BY CASE WHEN s.tier IN ('top', 'major', 'ordinary') THEN 0 ELSE 1 END, abs(s.change) DESC, s.customer_key
LIMIT ?

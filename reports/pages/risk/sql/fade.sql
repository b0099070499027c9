-- Customers likely to fade, of those with the most at stake first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, s."base", s.days_before, s.days_now, s.probability, s.value, s.value_at_risk
FROM score.fade AS s
INNER JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
WHERE s.probability >= 0.2 AND s.value_at_risk > 0
ORDER BY s.risk_rank
LIMIT ?

-- Subjects that customers are likely to leave, of those with the most at stake first.
-- Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, s.subject, s.subject_zh, s.last_bought, s.days, s.days_before, s.probability, s.chance, s.value, s.value_at_risk
FROM score.part_churn AS s
INNER JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
WHERE s.probability >= 0.3 AND s.value_at_risk > 0
ORDER BY s.risk_rank
LIMIT ?

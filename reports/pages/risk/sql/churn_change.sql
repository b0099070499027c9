-- Changes in buying, of customers with the most at stake first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, h."change", h.subject, h.subject_zh, h.since, h.days_before, h.days_now, h.expected, s.value
FROM score.churn_change AS h
INNER JOIN core.dim_customer AS c ON c.customer_key = h.customer_key
LEFT JOIN score.churn AS s ON s.customer_key = h.customer_key
WHERE h."change" IN ('fading', 'partial', 'lapsed')
ORDER BY CASE h."change" WHEN 'fading' THEN 1 WHEN 'partial' THEN 2 ELSE 3 END, s.value DESC NULLS LAST, h.customer_key, h.bucket
LIMIT ?

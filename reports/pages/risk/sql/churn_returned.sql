-- Customers who came back within half a year after more than a year of silence, those
-- with the most value first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, h.since, s.probability, s.value
FROM score.churn_change AS h
INNER JOIN core.dim_customer AS c ON c.customer_key = h.customer_key
LEFT JOIN score.churn AS s ON s.customer_key = h.customer_key
WHERE h."change" = 'returned'
ORDER BY s.value DESC NULLS LAST, h.customer_key
LIMIT ?

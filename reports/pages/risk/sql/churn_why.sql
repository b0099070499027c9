-- What raises the risk of the customers of the bands high and medium, by the first
-- reason of each, and what of the value at risk is theirs. Changes of which no cause is
-- claimed are left out.
SELECT r.concept, r.concept_zh, count(*), count(CASE WHEN r.place = 1 THEN 1 END), sum(CASE WHEN r.place = 1 THEN s.value_at_risk END)
FROM score.churn_reason AS r
INNER JOIN score.churn AS s ON s.customer_key = r.customer_key AND s.band IN ('high', 'medium')
WHERE r.basis = 'model'
GROUP BY r.concept, r.concept_zh
ORDER BY 4 DESC, 3 DESC, r.concept

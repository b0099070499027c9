-- The grades against the baselines.
SELECT p.value, p.value_zh
FROM card.parameter AS p
WHERE p.model = 'churn' AND p.name LIKE 'grade_against.%'
ORDER BY p.name DESC

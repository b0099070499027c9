-- The grades against the baselines.
SELECT p.value, (SELECT z.value FROM card.parameter AS z WHERE z.model = 'churn' AND z.name = replace(p.name, 'grade_against.', 'grade_against_zh.')), p.name
FROM card.parameter AS p
WHERE p.model = 'churn' AND p.name LIKE 'grade_against.%'
ORDER BY p.name DESC

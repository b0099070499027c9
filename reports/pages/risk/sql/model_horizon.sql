-- What counts as churn, by customer type.
SELECT substr(p.name, 9), CAST(p.value AS INTEGER), (SELECT CAST(l.value AS INTEGER) FROM card.parameter AS l WHERE l.model = 'churn' AND l.name = 'silence_limit.' || substr(p.name, 9)),
       (SELECT w.value FROM card.parameter AS w WHERE w.model = 'churn' AND w.name = 'horizon_because.' || substr(p.name, 9)),
       (SELECT w.value_zh FROM card.parameter AS w WHERE w.model = 'churn' AND w.name = 'horizon_because.' || substr(p.name, 9))
FROM card.parameter AS p
WHERE p.model = 'churn' AND p.name LIKE 'horizon.%'
ORDER BY p.name

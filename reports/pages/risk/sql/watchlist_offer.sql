-- What acting is taken to do and cost.
SELECT max(CASE WHEN p.name = 'save_rate' THEN CAST(p.value AS DOUBLE) END), max(CASE WHEN p.name = 'contact_cost' THEN CAST(p.value AS DOUBLE) END),
       max(CASE WHEN p.name = 'save_rate_because' THEN p.value END), max(CASE WHEN p.name = 'save_rate_because' THEN p.value_zh END)
FROM card.parameter AS p
WHERE p.model = 'churn' AND p.name IN ('save_rate', 'contact_cost', 'save_rate_because')

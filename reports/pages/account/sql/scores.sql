-- The seven scores and what follows from them. Parameter: keys of customers.
SELECT s.customer_key, s.tier, s.composite, s.percentile, s.change, s.before_as_of, s.policy, v.visits_a_year, v.answer_days,
       s.profiling, s.persistency, s.profitability, s.performance, s.prospecting, s.product, s.promotion
FROM score.sevenp AS s
LEFT JOIN score.service_policy AS v ON v.policy_no = s.policy_no
WHERE s.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY s.customer_key

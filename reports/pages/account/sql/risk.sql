-- The chance that the customers stop buying. Parameter: their keys.
SELECT customer_key, probability, horizon_days, until, band, value_at_risk, expected_gain, is_holdout, value_basis
FROM score.churn
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key

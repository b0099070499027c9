-- What moves the chance most, and what has changed: that has no share. Parameter: keys of customers.
SELECT customer_key, concept, concept_zh, share, fact, fact_zh
FROM score.churn_reason
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key, place

-- What moves the chance most, the first five. Parameter: keys of customers.
SELECT customer_key, concept, concept_zh, share, fact, fact_zh
FROM score.churn_reason
WHERE place <= 5 AND customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key, place

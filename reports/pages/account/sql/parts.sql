-- The parts of the seven scores with the facts that explain them. Parameter: keys
-- of customers.
SELECT customer_key, part, score, percentile, change, fact_1, value_1, fact_2, value_2
FROM score.sevenp_part
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key, part_no

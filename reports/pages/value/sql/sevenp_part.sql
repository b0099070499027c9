-- The scores of one customer with the facts that explain them. Parameter: its key.
SELECT part_no, part, score, percentile, change, fact_1, value_1, fact_2, value_2
FROM score.sevenp_part
WHERE customer_key = ?
ORDER BY part_no

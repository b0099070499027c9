-- The first five classes that like customers buy and these do not. Parameter: keys
-- of customers.
SELECT customer_key, class, class_zh, expected_lines, expected_value, reason, reason_zh
FROM score.whitespace
WHERE place <= 5 AND customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key, place

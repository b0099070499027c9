-- What the customers prefer to read, in a sentence. Parameter: their keys.
SELECT customer_key, sentence, sentence_zh
FROM score.taste_profile
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key

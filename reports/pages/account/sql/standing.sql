-- Loyalty and segment. Parameter: keys of customers.
SELECT l.customer_key, l.status, l.silent_days, l.usual_gap, l.lost_after, l.loyalty, g.name AS segment, g.name_zh AS segment_zh
FROM score.loyalty AS l
LEFT JOIN score.segment AS g ON g.customer_key = l.customer_key AND g.is_known
WHERE l.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY l.customer_key

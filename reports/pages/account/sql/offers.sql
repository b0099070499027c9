-- The first eight titles to offer: four of stock and four new ones. Parameter: keys of customers.
SELECT r.customer_key, r.list, r.rank, r.title_key, t.title, coalesce(t.title_zh, t.title) AS title_zh, t.publisher, r.reason_en, r.reason_zh, r.is_holdout
FROM score.recommendation AS r
INNER JOIN core.dim_title AS t ON t.title_key = r.title_key
WHERE r.rank <= 4 AND r.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY r.customer_key, r.list DESC, r.rank

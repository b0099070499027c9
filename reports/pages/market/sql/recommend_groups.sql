-- For whom lists work: by type of customer and by the titles he had.
SELECT CASE WHEN b.size = '(all)' THEN 'type' ELSE 'titles' END AS kind, CASE WHEN b.size = '(all)' THEN b.customer_type ELSE b.size END AS member, b.customers, b.recall, b.hit_rate, b.recall_popularity, b.ratio
FROM score.recommendation_backtest AS b
WHERE b.list = 'stock' AND b.model = 'blend' AND (b.customer_type <> '(all)' OR b.size <> '(all)')
ORDER BY kind, TRY_CAST(regexp_extract(b.size, '^[0-9]+') AS INTEGER) NULLS FIRST, member

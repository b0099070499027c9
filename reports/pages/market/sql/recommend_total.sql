-- The lists as a whole: customers with a list, lines, new titles offered, and what
-- the test says of lists of stock.
SELECT count(DISTINCT r.customer_key), count(*), count(DISTINCT CASE WHEN r.list = 'new' THEN r.title_key END), count(DISTINCT CASE WHEN r.is_holdout THEN r.customer_key END),
       max(b.customers), max(b.recall), max(b.recall_popularity), max(b.hit_rate), max(b.days), sum(CASE WHEN r.is_next THEN 1 ELSE 0 END)
FROM score.recommendation AS r
LEFT JOIN score.recommendation_backtest AS b ON b.list = 'stock' AND b.model = 'blend' AND b.customer_type = '(all)' AND b.size = '(all)'

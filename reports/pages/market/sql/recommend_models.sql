-- Every model on the test: the list, its model, customers, recall, hit rate,
-- coverage, and times the recall of the best-sellers.
SELECT b.list, b.model, b.customers, b.recall, b.ndcg, b.hit_rate, b.coverage, b.ratio
FROM score.recommendation_backtest AS b
WHERE b.customer_type = '(all)' AND b.size = '(all)'
ORDER BY CASE b.list WHEN 'stock' THEN 1 WHEN 'new' THEN 2 ELSE 3 END, b.recall DESC, b.model

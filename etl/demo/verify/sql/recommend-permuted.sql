SELECT CASE WHEN count(*) > 0 THEN 'nothing' END AS planted,
       printf('%.1f %% against %.1f %%', 100 * max(CASE WHEN model = 'permuted' THEN recall END), 100 * max(CASE WHEN model = 'recent' THEN recall END)) AS found,
       coalesce(max(CASE WHEN model = 'permuted' THEN recall END) <= max(CASE WHEN model = 'recent' THEN recall END), false) AS accepted
FROM score.recommendation_backtest
WHERE list = 'stock' AND customer_type = '(all)' AND size = '(all)'

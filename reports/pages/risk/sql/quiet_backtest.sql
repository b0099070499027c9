-- How leaving a subject and fading were predicted, beside the baselines.
SELECT b.event, b.model, b."rows", b.rate, b.auc, b.auc_low, b.auc_high, b.lift, b.log_loss, b.auc_equal, b.auc_equal_low, b.auc_equal_high
FROM score.quiet_backtest AS b
WHERE b.origin = '(all)'
ORDER BY b.event DESC, CASE b.model WHEN 'model' THEN 1 WHEN 'recency' THEN 2 WHEN 'last' THEN 3 WHEN 'volume' THEN 4 WHEN 'chance' THEN 5 ELSE 6 END, b.model

-- How leaving a subject and fading were predicted, beside the baselines.
SELECT b.event, b.model, b."rows", b.rate, b.auc, b.auc_low, b.auc_high, b.lift, b.log_loss
FROM score.quiet_backtest AS b
WHERE b.origin = '(all)'
ORDER BY b.event DESC, CASE b.model WHEN 'model' THEN 1 WHEN 'recency' THEN 2 WHEN 'last' THEN 3 WHEN 'chance' THEN 4 ELSE 5 END, b.model

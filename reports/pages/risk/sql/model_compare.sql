-- The model beside the baselines and the learners, all tests together.
SELECT b.model, b.customers, b.rate, b.auc, b.auc_low, b.auc_high, b.lift, b.log_loss, b.calibration_error, b.recall
FROM score.churn_backtest AS b
WHERE b.origin = '(all)' AND b.segment = '(all)'
ORDER BY CASE b.model WHEN 'model' THEN 1 WHEN 'recency' THEN 2 WHEN 'btyd' THEN 3 WHEN 'last' THEN 4 WHEN 'logistic' THEN 5 WHEN 'trees' THEN 6 ELSE 7 END

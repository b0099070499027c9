-- The model by customer type and by how well the rhythm is known.
SELECT b.segment, b.customers, b."left", b.rate, b.predicted, b.auc, b.lift, b.calibration_error
FROM score.churn_backtest AS b
WHERE b.model = 'model' AND b.origin = '(all)' AND b.segment <> '(all)'
ORDER BY CASE WHEN b.segment LIKE '(%' THEN 1 ELSE 0 END, b.customers DESC, b.segment

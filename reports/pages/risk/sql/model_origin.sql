-- The model at each origin of the backtest.
SELECT CAST(b.origin AS DATE), b.customers, b."left", b.rate, b.predicted, b.auc, b.lift, b.calibration_error
FROM score.churn_backtest AS b
WHERE b.model = 'model' AND b.origin <> '(all)'
ORDER BY b.origin

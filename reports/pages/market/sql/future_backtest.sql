-- How such forecasts of net sales did when made in the past.
SELECT level, series, origins, smape, naive_smape, coverage_80, coverage_95, grade
FROM score.forecast_backtest
WHERE measure = 'net'
ORDER BY rowid

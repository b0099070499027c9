-- score.churn_calibration: probabilities of the backtest beside what came true, in
-- ten bins of equally many customers. One row a model and bin.
CREATE OR REPLACE TABLE score.churn_calibration AS
SELECT s.model AS "model", CAST(s.bin AS INTEGER) AS "bin", CAST(s.n AS INTEGER) AS "customers", s.mean AS "probability", s.rate AS "rate"
FROM temp.main.fitted AS s
ORDER BY "model", "bin"

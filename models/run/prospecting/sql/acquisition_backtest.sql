CREATE OR REPLACE TABLE score.acquisition_backtest AS
SELECT
    s.what AS "what",
    CAST(s.origins AS INTEGER) AS "origins",
    s.smape AS "smape",
    s.naive_smape AS "naive_smape",
    s.coverage_80 AS "coverage_80",
    s.coverage_95 AS "coverage_95",
    s.grade AS "grade"
FROM temp.main.fitted AS s
ORDER BY "what"

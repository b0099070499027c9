CREATE OR REPLACE TABLE score.forecast_backtest AS
SELECT
    s.measure AS "measure",
    s."level" AS "level",
    CAST(s.series AS INTEGER) AS "series",
    CAST(s.origins AS INTEGER) AS "origins",
    CAST(s.points AS INTEGER) AS "points",
    s.smape AS "smape",
    s.mase AS "mase",
    s.naive_smape AS "naive_smape",
    s.naive_mase AS "naive_mase",
    s.coverage_80 AS "coverage_80",
    s.coverage_95 AS "coverage_95",
    s.grade AS "grade"
FROM temp.main.fitted AS s
ORDER BY "measure" DESC, s.level_no

CREATE OR REPLACE TABLE score.acquisition_cohort AS
SELECT
    CAST(s.cohort_year AS INTEGER) AS "cohort_year",
    DATE '1970-01-01' + CAST(s."month" AS INTEGER) AS "month",
    s.is_projected AS "is_projected",
    CAST(s.active AS DECIMAL(18, 4)) AS "active",
    CAST(s.low_80 AS DECIMAL(18, 4)) AS "low_80",
    CAST(s.high_80 AS DECIMAL(18, 4)) AS "high_80",
    CAST(s.low_95 AS DECIMAL(18, 4)) AS "low_95",
    CAST(s.high_95 AS DECIMAL(18, 4)) AS "high_95"
FROM temp.main.fitted AS s
ORDER BY "cohort_year", "month"

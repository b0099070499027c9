CREATE OR REPLACE TABLE score.acquisition AS
SELECT
    DATE '1970-01-01' + CAST(s."month" AS INTEGER) AS "month",
    s.is_projected AS "is_projected",
    s.is_settled AS "is_settled",
    CAST(s.won AS DECIMAL(18, 4)) AS "new_customers",
    CAST(s.new_low_80 AS DECIMAL(18, 4)) AS "new_low_80",
    CAST(s.new_high_80 AS DECIMAL(18, 4)) AS "new_high_80",
    CAST(s.new_low_95 AS DECIMAL(18, 4)) AS "new_low_95",
    CAST(s.new_high_95 AS DECIMAL(18, 4)) AS "new_high_95",
    CAST(s.active AS DECIMAL(18, 4)) AS "active",
    CAST(s.active_low_80 AS DECIMAL(18, 4)) AS "active_low_80",
    CAST(s.active_high_80 AS DECIMAL(18, 4)) AS "active_high_80",
    CAST(s.active_low_95 AS DECIMAL(18, 4)) AS "active_low_95",
    CAST(s.active_high_95 AS DECIMAL(18, 4)) AS "active_high_95",
    CAST(s.remaining AS DECIMAL(18, 4)) AS "of_today"
FROM temp.main.fitted AS s
ORDER BY "month"

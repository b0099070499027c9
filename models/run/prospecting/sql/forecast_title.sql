CREATE OR REPLACE TABLE score.forecast_title AS
SELECT
    CAST(s.title_key AS INTEGER) AS "title_key",
    CAST(s.months AS INTEGER) AS "months",
    s.demand AS "demand",
    s.method AS "method",
    t.copies_24 AS "copies_24",
    t.in_stock AS "in_stock",
    CAST(s.mean AS DECIMAL(18, 4)) AS "copies_month",
    CAST(s.low_80 AS DECIMAL(18, 4)) AS "low_80",
    CAST(s.high_80 AS DECIMAL(18, 4)) AS "high_80",
    CAST(s.low_95 AS DECIMAL(18, 4)) AS "low_95",
    CAST(s.high_95 AS DECIMAL(18, 4)) AS "high_95",
    CAST(s.year AS DECIMAL(18, 4)) AS "copies_12",
    s.errors AS "interval_from"
FROM temp.main.fitted AS s
INNER JOIN feature.demand_title AS t ON t.title_key = s.title_key
ORDER BY "title_key"

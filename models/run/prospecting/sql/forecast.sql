CREATE OR REPLACE TABLE score.forecast AS
SELECT
    s.measure AS "measure",
    m."level" AS "level",
    m.member AS "member",
    m.name AS "name",
    m.name_zh AS "name_zh",
    DATE '1970-01-01' + CAST(s."month" AS INTEGER) AS "month",
    CAST(EXTRACT(year FROM DATE '1970-01-01' + CAST(s."month" AS INTEGER)) * 10000 + EXTRACT(month FROM DATE '1970-01-01' + CAST(s."month" AS INTEGER)) * 100 + 1 AS INTEGER) AS "date_key",
    CAST(s.step AS INTEGER) AS "step",
    s.method AS "method",
    CAST(s.mean AS DECIMAL(18, 4)) AS "mean",
    CAST(s.low_80 AS DECIMAL(18, 4)) AS "low_80",
    CAST(s.high_80 AS DECIMAL(18, 4)) AS "high_80",
    CAST(s.low_95 AS DECIMAL(18, 4)) AS "low_95",
    CAST(s.high_95 AS DECIMAL(18, 4)) AS "high_95",
    s.errors AS "interval_from"
FROM temp.main.fitted AS s
INNER JOIN feature.demand_member AS m ON m.member_no = s.member_no
ORDER BY "measure" DESC, m.member_no, "month"

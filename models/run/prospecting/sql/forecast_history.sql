CREATE OR REPLACE TABLE score.forecast_history AS
SELECT
    s.measure AS "measure",
    m."level" AS "level",
    m.member AS "member",
    m.name AS "name",
    m.name_zh AS "name_zh",
    DATE '1970-01-01' + CAST(s."month" AS INTEGER) AS "month",
    CAST(s.value AS DECIMAL(18, 4)) AS "value"
FROM temp.main.fitted AS s
INNER JOIN feature.demand_member AS m ON m.member_no = s.member_no
ORDER BY "measure" DESC, m.member_no, "month"

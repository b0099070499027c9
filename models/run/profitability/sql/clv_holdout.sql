CREATE OR REPLACE TABLE score.clv_holdout AS
SELECT CAST(s.step AS INTEGER) AS "step", DATE '1970-01-01' + CAST(s.day AS INTEGER) AS "date", CAST(s.actual AS INTEGER) AS "actual", s.expected AS "expected", s.naive AS "going_on"
FROM temp.main.fitted AS s
ORDER BY s.day

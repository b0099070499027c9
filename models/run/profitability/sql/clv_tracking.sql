CREATE OR REPLACE TABLE score.clv_tracking AS
SELECT DATE '1970-01-01' + CAST(s.day AS INTEGER) AS "date", s.is_holdout AS "is_holdout", s.actual AS "actual", s.expected AS "expected"
FROM temp.main.fitted AS s
ORDER BY s.day

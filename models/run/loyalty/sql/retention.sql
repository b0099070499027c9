CREATE OR REPLACE TABLE score.retention AS
SELECT
    DATE '1970-01-01' + CAST(s.cohort AS INTEGER) AS "cohort",
    CAST(s.age AS INTEGER) AS "age",
    CAST(s.size AS INTEGER) AS "size",
    CAST(s.customers AS INTEGER) AS "customers",
    CAST(s.value AS DECIMAL(18, 4)) AS "value",
    s.is_complete AS "is_complete"
FROM temp.main.fitted AS s
ORDER BY "cohort", "age"

CREATE OR REPLACE TABLE score.elasticity AS
SELECT
    s."grouping" AS "grouping",
    s.name AS "name",
    CAST(s.customers AS INTEGER) AS "customers",
    CAST(s.quotes AS INTEGER) AS "quotes",
    s.share AS "share",
    s.elasticity AS "elasticity",
    s.low AS "low",
    s.high AS "high"
FROM temp.main.fitted AS s
ORDER BY "grouping", "name"

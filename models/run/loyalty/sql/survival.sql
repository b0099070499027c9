CREATE OR REPLACE TABLE score.survival AS
SELECT
    s.customer_type AS "customer_type",
    CAST(s.month AS INTEGER) AS "month",
    CAST(s.at_risk AS INTEGER) AS "at_risk",
    CAST(s.events AS INTEGER) AS "events",
    s.survival AS "survival",
    s.lower AS "lower",
    s.upper AS "upper"
FROM temp.main.fitted AS s
ORDER BY "customer_type", "month"

CREATE OR REPLACE TABLE score.contract_retention AS
SELECT
    s.basis AS "basis",
    s.customer_type AS "customer_type",
    CAST(s.renewal AS INTEGER) AS "renewal",
    CAST(s.at_risk AS INTEGER) AS "at_risk",
    CAST(s.stayed AS INTEGER) AS "stayed",
    s.is_projected AS "is_projected",
    s.retention AS "retention",
    s.retention_fitted AS "retention_fitted",
    s.survival AS "survival",
    s.survival_fitted AS "survival_fitted",
    s.lower AS "lower",
    s.upper AS "upper"
FROM temp.main.fitted AS s
ORDER BY "basis", "customer_type", "renewal"

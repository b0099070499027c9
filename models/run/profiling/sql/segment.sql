CREATE OR REPLACE TABLE score.segment AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    r.as_of,
    CAST(s.segment AS INTEGER) AS "segment",
    s.name AS "name",
    s.name_zh AS "name_zh",
    s.is_known AS "is_known",
    CAST(s.orders AS INTEGER) AS "orders",
    s.distance AS "distance",
    s.clearness AS "clearness",
    s.fact_1 AS "fact_1",
    s.fact_1_zh AS "fact_1_zh",
    s.fact_2 AS "fact_2",
    s.fact_2_zh AS "fact_2_zh"
FROM temp.main.fitted AS s
CROSS JOIN meta.run AS r
ORDER BY "customer_key"

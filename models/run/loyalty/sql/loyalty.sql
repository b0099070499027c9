CREATE OR REPLACE TABLE score.loyalty AS
SELECT
    CAST(s.customer_key AS INTEGER) AS "customer_key",
    r.as_of,
    s.status AS "status",
    DATE '1970-01-01' + CAST(s.last_day AS INTEGER) AS "last_date",
    s.silence AS "silent_days",
    s.gap AS "usual_gap",
    s.is_own_gap AS "is_own_gap",
    s.threshold AS "lost_after",
    DATE '1970-01-01' + CAST(s.lost_on AS INTEGER) AS "lost_on",
    s.loyalty AS "loyalty",
    s.tenure AS "tenure_percentile",
    s.repeat AS "repeat_percentile",
    s.rhythm AS "rhythm_percentile",
    s.recency AS "recency_percentile",
    s.alive AS "alive_percentile",
    s.breadth AS "breadth_percentile",
    s.fact_1 AS "fact_1",
    s.fact_2 AS "fact_2",
    s.fact_1_zh AS "fact_1_zh",
    s.fact_2_zh AS "fact_2_zh"
FROM temp.main.fitted AS s
CROSS JOIN meta.run AS r
ORDER BY "customer_key"

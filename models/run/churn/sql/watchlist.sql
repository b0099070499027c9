-- score.watchlist: whom to call: the customers of the bands high and medium with a
-- value at risk, at most a thousand. Ranked by value at risk, also among each
-- salesperson's; gain_place ranks by what acting is expected to bring. One in ten is
-- held out (see score.churn).
CREATE OR REPLACE TABLE score.watchlist AS
WITH wanted AS (
    SELECT s.customer_key, s.employee_key, s.geo_key, s.channel_key, s.customer_type, s.probability, s.band, s.value, s.value_at_risk, s.expected_gain, s.is_holdout, s.last_order, s.silent_days,
           s.reason_1, s.reason_2, s.reason_3, s.reason_1_zh, s.reason_2_zh, s.reason_3_zh,
           row_number() OVER (ORDER BY s.value_at_risk DESC, s.customer_key) AS place
    FROM score.churn AS s
    WHERE s.band IN ('high', 'medium') AND s.value_at_risk > 0
)
SELECT CAST(s.place AS INTEGER) AS "place", s.customer_key AS "customer_key", s.employee_key AS "employee_key", s.geo_key AS "geo_key", s.channel_key AS "channel_key", s.customer_type AS "customer_type",
       CAST(row_number() OVER (PARTITION BY s.employee_key ORDER BY s.place) AS INTEGER) AS "salesperson_place",
       CAST(row_number() OVER (ORDER BY s.expected_gain DESC, s.place) AS INTEGER) AS "gain_place",
       s.probability AS "probability", s.band AS "band", s.value AS "value", s.value_at_risk AS "value_at_risk", s.expected_gain AS "expected_gain", s.is_holdout AS "is_holdout",
       s.last_order AS "last_order", s.silent_days AS "silent_days",
       s.reason_1 AS "reason_1", s.reason_2 AS "reason_2", s.reason_3 AS "reason_3", s.reason_1_zh AS "reason_1_zh", s.reason_2_zh AS "reason_2_zh", s.reason_3_zh AS "reason_3_zh"
FROM wanted AS s
WHERE s.place <= 1000
ORDER BY s.place

-- score.churn: the customers at risk, one row each: those that ordered and whose
-- silence is not a loss yet. Parameters: the share whom acting keeps, twice, the cost
-- of a contact, the seed.
--   probability    of no order from the day after the as-of date until the day until
--   basis          model, btyd (buy-till-you-die model, where there is too little to
--                  learn from), none
--   band           high from 0.6, medium from 0.3, else low
--   before, change the probability of the last run with an earlier date, and since
--   value          margin to come within a year (score.clv), or where no margin is
--                  known the sales to come; NULL where nothing is known
--   value_at_risk  probability x value, never negative
--   expected_gain  value at risk x the share of those about to leave whom acting keeps,
--                  less the cost of a contact
--   is_holdout     not to be acted on, so that the effect of acting can be measured:
--                  one customer in ten, by a hash of seed and number, the same in every run
--   risk_rank      by value at risk
--   expected_left  the probability, to be added up
CREATE OR REPLACE TABLE score.churn AS
WITH valued AS (
    SELECT s.customer_key, s.horizon_days, s.until_day, s.last_day, s.p, s.p_none, s.basis, s.reason_1, s.reason_2, s.reason_3, s.reason_1_zh, s.reason_2_zh, s.reason_3_zh,
           coalesce(v.clv, v.sales_to_come) AS value, CASE WHEN v.clv IS NOT NULL THEN 'margin' WHEN v.sales_to_come IS NOT NULL THEN 'sales' END AS value_basis
    FROM temp.main.fitted AS s
    LEFT JOIN churn_value AS v ON v.customer_key = s.customer_key
), risked AS (
    SELECT s.customer_key, s.horizon_days, s.until_day, s.last_day, s.p, s.p_none, s.basis, s.reason_1, s.reason_2, s.reason_3, s.reason_1_zh, s.reason_2_zh, s.reason_3_zh,
           s.value, s.value_basis, CAST(s.p * greatest(0, CAST(s.value AS DOUBLE)) AS DECIMAL(18, 2)) AS value_at_risk
    FROM valued AS s
)
SELECT CAST(s.customer_key AS INTEGER) AS "customer_key", r.as_of AS "as_of",
       c.customer_type AS "customer_type", coalesce(c.geo_key, -1) AS "geo_key", coalesce(c.channel_key, -1) AS "channel_key", coalesce(c.owner_employee_key, -1) AS "employee_key",
       CAST(s.horizon_days AS INTEGER) AS "horizon_days", DATE '1970-01-01' + CAST(s.until_day AS INTEGER) AS "until",
       DATE '1970-01-01' + CAST(s.last_day AS INTEGER) AS "last_order", CAST(r.as_of - (DATE '1970-01-01' + CAST(s.last_day AS INTEGER)) AS INTEGER) AS "silent_days",
       s.p AS "probability", CAST(s.p AS DECIMAL(18, 4)) AS "expected_left", s.basis AS "basis",
       CASE WHEN s.p >= 0.6 THEN 'high' WHEN s.p >= 0.3 THEN 'medium' WHEN s.p >= 0 THEN 'low' END AS "band",
       CASE WHEN s.p >= 0.6 THEN 1 WHEN s.p >= 0.3 THEN 2 WHEN s.p >= 0 THEN 3 ELSE -1 END AS "band_no",
       s.p_none AS "btyd", b.probability AS "before", b.as_of AS "before_as_of", s.p - b.probability AS "change",
       CAST(s.value AS DECIMAL(18, 2)) AS "value", s.value_basis AS "value_basis", s.value_at_risk AS "value_at_risk",
       CAST(? AS DOUBLE) AS "save_rate",
       CAST(CAST(s.value_at_risk AS DOUBLE) * CAST(? AS DOUBLE) - CAST(? AS DOUBLE) AS DECIMAL(18, 2)) AS "expected_gain",
       md5(CAST(? AS VARCHAR) || '|' || CAST(s.customer_key AS VARCHAR)) < '1999' AS "is_holdout",
       CAST(row_number() OVER (ORDER BY s.value_at_risk DESC NULLS LAST, s.customer_key) AS INTEGER) AS "risk_rank",
       nullif(s.reason_1, '') AS "reason_1", nullif(s.reason_2, '') AS "reason_2", nullif(s.reason_3, '') AS "reason_3",
       nullif(s.reason_1_zh, '') AS "reason_1_zh", nullif(s.reason_2_zh, '') AS "reason_2_zh", nullif(s.reason_3_zh, '') AS "reason_3_zh"
FROM risked AS s
CROSS JOIN meta.run AS r
INNER JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN churn_before AS b ON b.customer_key = s.customer_key
ORDER BY s.customer_key

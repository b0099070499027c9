-- score.fade: the customers with a base to fade from, one row each, with the chance that
-- they order far less and do not stop. Parameter: the horizon in days.
--   probability    of at most half the order days and three quarters of the value of the
--                  base up to the day until, of a customer that goes on; NULL without a model
--   base           order days of the same days a year before
--   days_now, days_before   order days of the last 183 days, and of these a year before
--   value          as in score.churn; value_at_risk: probability x half the value, which is
--                  the least that fading takes
--   is_fading      it fades already beyond chance (score.churn_change)
--   expected_fading   the probability, to be added up
CREATE OR REPLACE TABLE score.fade AS
SELECT CAST(f.customer_key AS INTEGER) AS "customer_key", coalesce(d.customer_type, '') AS "customer_type", coalesce(d.geo_key, -1) AS "geo_key", coalesce(d.channel_key, -1) AS "channel_key", coalesce(d.owner_employee_key, -1) AS "employee_key",
       r.as_of + CAST(? AS INTEGER) AS "until", f.p AS "probability", CAST(f.p AS DECIMAL(18, 4)) AS "expected_fading",
       CAST(b.base AS INTEGER) AS "base", CAST(b.now AS INTEGER) AS "days_now", CAST(b.before AS INTEGER) AS "days_before",
       s.value AS "value", CAST(f.p * greatest(0, CAST(s.value AS DOUBLE)) / 2 AS DECIMAL(18, 2)) AS "value_at_risk",
       EXISTS (SELECT 1 FROM score.churn_change AS h WHERE h.customer_key = f.customer_key AND h."change" = 'fading') AS "is_fading",
       CAST(row_number() OVER (ORDER BY f.p * greatest(0, CAST(s.value AS DOUBLE)) DESC NULLS LAST, f.customer_key) AS INTEGER) AS "risk_rank"
FROM temp.main.fitted AS f
CROSS JOIN meta.run AS r
INNER JOIN feature.fade AS b ON b.customer_key = f.customer_key AND b.origin = CAST(r.as_of - DATE '1970-01-01' AS INTEGER)
INNER JOIN core.dim_customer AS d ON d.customer_key = f.customer_key
LEFT JOIN score.churn AS s ON s.customer_key = f.customer_key
ORDER BY f.customer_key

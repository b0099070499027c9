-- score.churn_loss: the customers that score.churn_cause counts, lost and not, with what
-- each named last. One row a customer.
--   cause_no     of score.churn_cause_kind
--   date         the day it was lost, of others the last on which a loss would be known
--   lost_value   net of the year up to its last order, where it was lost
CREATE OR REPLACE TABLE score.churn_loss AS
SELECT f.customer_key AS "customer_key", coalesce(d.geo_key, -1) AS "geo_key", coalesce(d.channel_key, -1) AS "channel_key", coalesce(d.owner_employee_key, -1) AS "employee_key", k.cause_no AS "cause_no",
       DATE '1970-01-01' + f.lost_day AS "date",
       CAST(EXTRACT(year FROM DATE '1970-01-01' + f.lost_day) * 10000 + EXTRACT(month FROM DATE '1970-01-01' + f.lost_day) * 100 + EXTRACT(day FROM DATE '1970-01-01' + f.lost_day) AS INTEGER) AS "date_key",
       f.is_lost = 1 AS "is_lost", f.cause <> '' AS "has_named", f.is_lost = 1 AND f.cause <> '' AS "is_lost_named",
       CAST(CASE WHEN f.is_lost = 1 THEN f.value ELSE 0 END AS DECIMAL(18, 4)) AS "lost_value"
FROM feature.churn_cause AS f
INNER JOIN core.dim_customer AS d ON d.customer_key = f.customer_key
INNER JOIN score.churn_cause_kind AS k ON coalesce(k.cause, '') = f.cause AND coalesce(k.source, '') = f.source
WHERE f.lost_day > f.entry_day
ORDER BY "customer_key"

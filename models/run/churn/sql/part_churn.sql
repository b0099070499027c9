-- score.part_churn: the subjects that customers bought on four order days and more of
-- the last 365, and in the 365 before, one row a customer and subject, with the chance that it leaves the
-- subject and goes on ordering. Parameter: the horizon in days.
--   probability    of no order day with the subject up to the day until, of a customer
--                  that goes on; NULL where there is no model
--   chance         the same, had the pair gone on at the rate of the year by chance alone
--   days, days_before   order days with it in the last 365 days, and in the 365 before
--   value          net of the subject in the last 365 days; value_at_risk: probability x value
--   has_left       it has been left already beyond chance (score.churn_change)
--   expected_left  the probability, to be added up
CREATE OR REPLACE TABLE score.part_churn AS
WITH subject AS (
    SELECT k.bucket, row_number() OVER (ORDER BY k.bucket) AS bucket_no FROM (SELECT DISTINCT bucket FROM feature.part_churn) AS k
), named AS (
    SELECT c.bucket, min(c.clc_key) AS clc_key, min(c.bucket_name_en) AS subject, min(c.bucket_name_zh) AS subject_zh FROM core.dim_clc AS c WHERE c.bucket IS NOT NULL GROUP BY c.bucket
), valued AS (
    SELECT l.customer_key, c.bucket, sum(l.net) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    INNER JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
    WHERE l.order_date <= r.as_of AND l.order_date > r.as_of - 365 AND c.bucket IS NOT NULL AND l.customer_key <> -1
    GROUP BY l.customer_key, c.bucket
), rated AS (
    SELECT CAST(f.customer_key AS INTEGER) AS customer_key, s.bucket, f.p, CAST(coalesce(v.net, 0) AS DECIMAL(18, 2)) AS value
    FROM temp.main.fitted AS f
    INNER JOIN subject AS s ON s.bucket_no = CAST(f.bucket_no AS BIGINT)
    LEFT JOIN valued AS v ON v.customer_key = f.customer_key AND v.bucket = s.bucket
)
SELECT f.customer_key AS "customer_key", f.bucket AS "bucket", n.clc_key AS "clc_key", n.subject AS "subject", n.subject_zh AS "subject_zh",
       coalesce(d.customer_type, '') AS "customer_type", coalesce(d.geo_key, -1) AS "geo_key", coalesce(d.channel_key, -1) AS "channel_key", coalesce(d.owner_employee_key, -1) AS "employee_key",
       DATE '1970-01-01' + p.last_day AS "last_bought", CAST(p.part_365 AS INTEGER) AS "days", CAST(p.part_730 AS INTEGER) AS "days_before", r.as_of + CAST(? AS INTEGER) AS "until",
       f.p AS "probability", CAST(f.p AS DECIMAL(18, 4)) AS "expected_left", p.chance AS "chance", f.value AS "value", CAST(f.p * greatest(0, CAST(f.value AS DOUBLE)) AS DECIMAL(18, 2)) AS "value_at_risk",
       EXISTS (SELECT 1 FROM score.churn_change AS h WHERE h.customer_key = f.customer_key AND h."change" = 'partial' AND h.bucket = f.bucket) AS "has_left",
       CAST(row_number() OVER (ORDER BY f.p * greatest(0, CAST(f.value AS DOUBLE)) DESC NULLS LAST, f.customer_key, f.bucket) AS INTEGER) AS "risk_rank"
FROM rated AS f
CROSS JOIN meta.run AS r
INNER JOIN feature.part_churn AS p ON p.customer_key = f.customer_key AND p.bucket = f.bucket AND p.origin = CAST(r.as_of - DATE '1970-01-01' AS INTEGER)
INNER JOIN core.dim_customer AS d ON d.customer_key = f.customer_key
INNER JOIN named AS n ON n.bucket = f.bucket
ORDER BY f.customer_key, f.bucket

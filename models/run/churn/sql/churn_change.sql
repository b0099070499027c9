-- score.churn_change: customers whose buying has changed, beyond the question whether
-- they will order at all. One row a customer, change and subject.
--   change   fading: order days of the last 183 days fell by half and more against the
--            same a year before, beyond season, market and chance; partial: a subject
--            is ordered on half as many days and fewer than its share before, others
--            are; returned: ordered in the last 183 days after more than 365 of silence;
--            lapsed: the last contract ended more than 90 days ago without another
--   since    the last order of the subject, the first order after the silence, the end
--            of the contract; NULL for fading
--   q        share of false alarms to expect among changes of this kind and stronger
CREATE OR REPLACE TABLE score.churn_change AS
WITH today AS (
    SELECT r.as_of, CAST(r.as_of - DATE '1970-01-01' AS INTEGER) AS day FROM meta.run AS r
), subject AS (
    SELECT p.customer_key, p.bucket_no, p.bucket, p.last_day FROM feature.churn_part AS p
), named AS (
    SELECT c.bucket, min(c.bucket_name_en) AS subject, min(c.bucket_name_zh) AS subject_zh FROM core.dim_clc AS c WHERE c.bucket IS NOT NULL GROUP BY c.bucket
), returned AS (
    SELECT d.customer_key, min(d.day) AS day, max(d.gap) AS gap
    FROM feature.churn_day AS d
    CROSS JOIN today AS t
    WHERE d.day > t.day - 183 AND d.gap > 365
    GROUP BY d.customer_key
), contract AS (
    SELECT k.customer_key, max(k.end_date) AS end_date
    FROM core.fact_contract AS k
    CROSS JOIN today AS t
    WHERE k.customer_key <> -1 AND k.start_date <= t.as_of AND k.end_date IS NOT NULL
    GROUP BY k.customer_key
), change AS (
    SELECT CAST(f.customer_key AS INTEGER) AS customer_key, f."change", coalesce(s.bucket, '') AS bucket, n.subject, n.subject_zh,
           CASE WHEN f."change" = 'partial' THEN DATE '1970-01-01' + s.last_day END AS since,
           CAST(f.days_before AS INTEGER) AS days_before, CAST(f.days_now AS INTEGER) AS days_now, f.expected, f.p, f.q
    FROM temp.main.fitted AS f
    LEFT JOIN subject AS s ON s.customer_key = f.customer_key AND s.bucket_no = f.bucket_no
    LEFT JOIN named AS n ON n.bucket = s.bucket
    UNION ALL
    SELECT r.customer_key, 'returned', '', NULL, NULL, DATE '1970-01-01' + r.day, NULL, NULL, NULL, NULL, NULL
    FROM returned AS r
    UNION ALL
    SELECT k.customer_key, 'lapsed', '', NULL, NULL, k.end_date, NULL, NULL, NULL, NULL, NULL
    FROM contract AS k
    CROSS JOIN today AS t
    WHERE k.end_date < t.as_of - 90 AND k.end_date > t.as_of - 455
)
SELECT c.customer_key AS "customer_key", c."change" AS "change", c.bucket AS "bucket", c.subject AS "subject", c.subject_zh AS "subject_zh", c.since AS "since",
       c.days_before AS "days_before", c.days_now AS "days_now", c.expected AS "expected", c.p AS "p", c.q AS "q",
       coalesce(d.customer_type, '') AS "customer_type", coalesce(d.geo_key, -1) AS "geo_key", coalesce(d.channel_key, -1) AS "channel_key", coalesce(d.owner_employee_key, -1) AS "employee_key"
FROM change AS c
INNER JOIN core.dim_customer AS d ON d.customer_key = c.customer_key
ORDER BY "change", "customer_key", "bucket"

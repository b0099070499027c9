-- feature.churn_part: on how many order days customers bought a subject in the last
-- 183 days and in the year before these, beside all their order days. One row a
-- customer that ordered on three days of the last 183 and subject bought on five
-- days of the year before.
WITH part AS (
    SELECT k.customer_key, k.bucket,
           count(CASE WHEN k.day > r.today - 183 THEN 1 END) AS part_now,
           count(CASE WHEN k.day <= r.today - 183 THEN 1 END) AS part_before,
           max(k.day) AS last_day
    FROM feature.churn_class AS k
    CROSS JOIN (SELECT CAST(as_of - DATE '1970-01-01' AS INTEGER) AS today FROM meta.run) AS r
    WHERE k.day > r.today - 548
    GROUP BY k.customer_key, k.bucket
), whole AS (
    SELECT w.customer_key, count(CASE WHEN w.day > r.today - 183 THEN 1 END) AS days_now, count(CASE WHEN w.day <= r.today - 183 THEN 1 END) AS days_before
    FROM (SELECT DISTINCT customer_key, day FROM feature.churn_class) AS w
    CROSS JOIN (SELECT CAST(as_of - DATE '1970-01-01' AS INTEGER) AS today FROM meta.run) AS r
    WHERE w.day > r.today - 548
    GROUP BY w.customer_key
)
SELECT p.customer_key, dense_rank() OVER (ORDER BY p.bucket) AS bucket_no, p.bucket, p.part_now, p.part_before, w.days_now, w.days_before, p.last_day
FROM part AS p
INNER JOIN whole AS w ON w.customer_key = p.customer_key
WHERE w.days_now >= 3 AND p.part_before >= 5
ORDER BY p.customer_key, p.bucket

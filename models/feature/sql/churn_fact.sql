-- feature.churn_fact: what is told of customers beside their numbers, as of the
-- as-of date. One row per customer that ordered in the last three years.
--   subject, subject_zh   the subject whose order lines fell most from the year
--                         before the last 365 days to these; NULL where none fell
--   lines_before, lines_now   its lines in the two
--   late_day       the last day on which a line was promised that came late or is
--                  still to come, within 183 days; days since 1970-01-01
--   complaint_day  the last complaint within 183 days
--   days_before    order days in the 183 days a year ago
--   subject_day    the last day the subject was ordered
--   year_now, year_before   order days of the last 365 days, and of these before; value_now
--                  and value_before their value
--   first_half     order days in its first 183 days
--   open_day       the first complaint within 365 days, but 30 days ago and more, that is
--                  not resolved; NULL where there is none
--   contacts_now, contacts_before   contacts of the last 183 days, and of these a year ago
--   contact_day    the last contact
WITH moved AS (
    SELECT k.customer_key, k.bucket, max(k.day) AS last_day, sum(CASE WHEN k.day > r.today - 365 THEN k.lines ELSE 0 END) AS lines_now,
           sum(CASE WHEN k.day <= r.today - 365 THEN k.lines ELSE 0 END) AS lines_before
    FROM feature.churn_class AS k
    CROSS JOIN (SELECT CAST(as_of - DATE '1970-01-01' AS INTEGER) AS today FROM meta.run) AS r
    WHERE k.day > r.today - 730
    GROUP BY k.customer_key, k.bucket
), fell AS (
    SELECT m.customer_key, m.bucket, m.last_day, m.lines_now, m.lines_before, row_number() OVER (PARTITION BY m.customer_key ORDER BY m.lines_now - m.lines_before, m.bucket) AS place
    FROM moved AS m
    WHERE m.lines_now < m.lines_before
), named AS (
    SELECT c.bucket, min(c.bucket_name_en) AS subject, min(c.bucket_name_zh) AS subject_zh
    FROM core.dim_clc AS c
    WHERE c.bucket IS NOT NULL
    GROUP BY c.bucket
), late AS (
    SELECT g.customer_key, max(g.promised) AS day
    FROM feature.churn_late AS g
    CROSS JOIN meta.run AS r
    WHERE g.late > 0 AND g.promised > CAST(r.as_of - DATE '1970-01-01' AS INTEGER) - 183
    GROUP BY g.customer_key
), complaint AS (
    SELECT t.customer_key, CAST(max(t.date) - DATE '1970-01-01' AS INTEGER) AS day
    FROM core.fact_ticket AS t
    CROSS JOIN meta.run AS r
    WHERE t.complaints > 0 AND t.date <= r.as_of AND t.date > r.as_of - 183
    GROUP BY t.customer_key
), open_complaint AS (
    SELECT t.customer_key, CAST(min(t.date) - DATE '1970-01-01' AS INTEGER) AS day
    FROM core.fact_ticket AS t
    CROSS JOIN meta.run AS r
    WHERE t.complaints > 0 AND t.date <= r.as_of - 30 AND t.date > r.as_of - 365 AND coalesce(t.resolved_date_key, -1) = -1
    GROUP BY t.customer_key
), contact AS (
    SELECT a.customer_key, CAST(max(a.date) - DATE '1970-01-01' AS INTEGER) AS day, count(CASE WHEN a.date > r.as_of - 183 THEN 1 END) AS now,
           count(CASE WHEN a.date <= r.as_of - 365 AND a.date > r.as_of - 548 THEN 1 END) AS before
    FROM core.fact_activity AS a
    CROSS JOIN meta.run AS r
    WHERE a.date <= r.as_of
    GROUP BY a.customer_key
), bought AS (
    SELECT d.customer_key, count(CASE WHEN d.day <= r.today - 365 AND d.day > r.today - 548 THEN 1 END) AS days_before,
           count(CASE WHEN d.day > r.today - 365 THEN 1 END) AS year_now, count(CASE WHEN d.day <= r.today - 365 AND d.day > r.today - 730 THEN 1 END) AS year_before,
           sum(CASE WHEN d.day > r.today - 365 THEN d.value ELSE 0 END) AS value_now, sum(CASE WHEN d.day <= r.today - 365 AND d.day > r.today - 730 THEN d.value ELSE 0 END) AS value_before,
           count(CASE WHEN d.day < f.day + 183 THEN 1 END) AS first_half
    FROM feature.churn_day AS d
    INNER JOIN (SELECT x.customer_key, min(x.day) AS day FROM feature.churn_day AS x GROUP BY x.customer_key) AS f ON f.customer_key = d.customer_key
    CROSS JOIN (SELECT CAST(as_of - DATE '1970-01-01' AS INTEGER) AS today FROM meta.run) AS r
    WHERE d.day > r.today - 1095
    GROUP BY d.customer_key
)
SELECT b.customer_key, n.subject, n.subject_zh, f.lines_before, f.lines_now, l.day AS late_day, c.day AS complaint_day, b.days_before,
       f.last_day AS subject_day, b.year_now, b.year_before, b.value_now, b.value_before, b.first_half, o.day AS open_day, a.now AS contacts_now, a.before AS contacts_before, a.day AS contact_day
FROM bought AS b
LEFT JOIN fell AS f ON f.customer_key = b.customer_key AND f.place = 1
LEFT JOIN named AS n ON n.bucket = f.bucket
LEFT JOIN late AS l ON l.customer_key = b.customer_key
LEFT JOIN open_complaint AS o ON o.customer_key = b.customer_key
LEFT JOIN contact AS a ON a.customer_key = b.customer_key
LEFT JOIN complaint AS c ON c.customer_key = b.customer_key
ORDER BY b.customer_key

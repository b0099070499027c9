-- feature.part_churn: the subjects that customers bought regularly at origins, what
-- was known of each pair on that day, and, apart from that, what came after. One row
-- per origin of feature.change_origin, customer of feature.churn_who and subject
-- bought on four order days and more of the 365 up to the origin and on one of the 365
-- before: what was only tried is not left. Parameters: the
-- first and the last origin, days since 1970-01-01.
-- Everything but part_after and days_after looks at days up to the origin. It reads
-- feature.churn_class; an order day is a day with a line of a known subject.
--   recency       days since the subject was last bought
--   part_365, part_730, part_183, part_91   its order days in the last 365 days, in the
--                 365 before these, in the last 183, in the last 91
--   part_season   its order days in the 183 days that begin 365 days before the origin
--   part_share    share of the customer's order days of the last 365 with the subject;
--   share_change  less the same of the 365 days before
--   part_overdue  recency against its mean gap
--   part_lines    its lines of the last 365 days
--   days_365, days_183, whole_recency   order days of the customer, days since the last
--   trend         order days of the last 183 against the 183 before (log)
--   classes       subjects it bought in the last 365 days
--   subject_trend lines of the subject by all customers, last 183 days against the 183
--                 a year before, beside those of all subjects (log)
--   chance        of no order day in 183, had the pair gone on at the rate of the year
--   part_after, days_after   order days with the subject, and all, in the 183 days after
--                 the origin; the outcome, no feature
WITH mark AS (
    SELECT p.origin AS o FROM feature.change_origin AS p WHERE p.origin BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER)
), bought AS (
    SELECT k.customer_key, k.bucket, k.day, k.lines
    FROM feature.churn_class AS k
    INNER JOIN feature.churn_who AS w ON w.customer_key = k.customer_key
), part AS (
    SELECT a.o, k.customer_key, k.bucket,
           max(CASE WHEN k.day <= a.o THEN k.day END) AS last_day, min(CASE WHEN k.day <= a.o THEN k.day END) AS first_day,
           count(CASE WHEN k.day <= a.o THEN 1 END) AS days,
           count(CASE WHEN k.day <= a.o AND k.day > a.o - 365 THEN 1 END) AS days_365,
           count(CASE WHEN k.day <= a.o - 365 AND k.day > a.o - 730 THEN 1 END) AS days_730,
           count(CASE WHEN k.day <= a.o AND k.day > a.o - 183 THEN 1 END) AS days_183,
           count(CASE WHEN k.day <= a.o AND k.day > a.o - 91 THEN 1 END) AS days_91,
           count(CASE WHEN k.day <= a.o - 182 AND k.day > a.o - 365 THEN 1 END) AS season,
           sum(CASE WHEN k.day <= a.o AND k.day > a.o - 365 THEN k.lines ELSE 0 END) AS lines_365,
           count(CASE WHEN k.day > a.o THEN 1 END) AS after
    FROM bought AS k
    CROSS JOIN mark AS a
    WHERE k.day > a.o - 1095 AND k.day <= a.o + 183
    GROUP BY a.o, k.customer_key, k.bucket
    HAVING count(CASE WHEN k.day <= a.o AND k.day > a.o - 365 THEN 1 END) >= 4 AND count(CASE WHEN k.day <= a.o - 365 AND k.day > a.o - 730 THEN 1 END) >= 1
), whole AS (
    SELECT a.o, d.customer_key,
           max(CASE WHEN d.day <= a.o THEN d.day END) AS last_day,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 365 THEN 1 END) AS days_365,
           count(CASE WHEN d.day <= a.o - 365 AND d.day > a.o - 730 THEN 1 END) AS days_730,
           count(CASE WHEN d.day <= a.o AND d.day > a.o - 183 THEN 1 END) AS days_183,
           count(CASE WHEN d.day > a.o THEN 1 END) AS after
    FROM (SELECT DISTINCT b.customer_key, b.day FROM bought AS b) AS d
    CROSS JOIN mark AS a
    WHERE d.day > a.o - 730 AND d.day <= a.o + 183
    GROUP BY a.o, d.customer_key
), breadth AS (
    SELECT a.o, k.customer_key, count(DISTINCT k.bucket) AS classes
    FROM bought AS k
    CROSS JOIN mark AS a
    WHERE k.day > a.o - 365 AND k.day <= a.o
    GROUP BY a.o, k.customer_key
), subject AS (
    SELECT a.o, k.bucket, CAST(sum(CASE WHEN k.day > a.o - 183 THEN k.lines ELSE 0 END) AS DOUBLE) AS now, CAST(sum(CASE WHEN k.day <= a.o - 365 THEN k.lines ELSE 0 END) AS DOUBLE) AS before
    FROM bought AS k
    CROSS JOIN mark AS a
    WHERE k.day <= a.o AND k.day > a.o - 548
    GROUP BY a.o, k.bucket
), market AS (
    SELECT s.o, sum(s.now) AS now, sum(s.before) AS before FROM subject AS s GROUP BY s.o
)
SELECT p.o AS origin, p.customer_key, p.bucket, p.last_day,
       p.o - p.last_day AS recency,
       p.days_365 AS part_365, p.days_730 AS part_730, p.days_183 AS part_183, p.days_91 AS part_91, p.season AS part_season,
       CAST(p.days_365 AS DOUBLE) / CAST(w.days_365 AS DOUBLE) AS part_share,
       CASE WHEN w.days_730 > 0 THEN CAST(p.days_365 AS DOUBLE) / CAST(w.days_365 AS DOUBLE) - CAST(p.days_730 AS DOUBLE) / CAST(w.days_730 AS DOUBLE) END AS share_change,
       CAST(p.o - p.last_day AS DOUBLE) * CAST(p.days - 1 AS DOUBLE) / CAST(p.last_day - p.first_day AS DOUBLE) AS part_overdue,
       p.lines_365 AS part_lines, w.days_365, w.days_183, p.o - w.last_day AS whole_recency,
       ln(CAST(w.days_183 + 1 AS DOUBLE) / CAST(w.days_365 - w.days_183 + 1 AS DOUBLE)) AS trend,
       b.classes,
       ln((s.now + 10) / (s.before + 10)) - ln((m.now + 10) / (m.before + 10)) AS subject_trend,
       exp(-CAST(p.days_365 AS DOUBLE) * 183 / 365) AS chance,
       p.after AS part_after, w.after AS days_after
FROM part AS p
INNER JOIN whole AS w ON w.o = p.o AND w.customer_key = p.customer_key
INNER JOIN breadth AS b ON b.o = p.o AND b.customer_key = p.customer_key
INNER JOIN subject AS s ON s.o = p.o AND s.bucket = p.bucket
INNER JOIN market AS m ON m.o = p.o
ORDER BY p.o, p.customer_key, p.bucket

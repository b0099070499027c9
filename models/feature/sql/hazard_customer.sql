-- feature.hazard_customer: until when every known customer that bought on three
-- days and more was watched, and whether it was lost then. One row each, at most
-- so many as asked for, drawn by a hash of the key.
--   third_day   the third day it bought on: it is at risk from there. Whoever
--               never came so far is not in the table, and none of the days
--               before count, on which it could not have been lost (immortal time)
--   usual_gap   mean days from one order day to the next
--   is_lost     silent for more than 180 days and four usual gaps
--   stop_day    of the lost: the day they began to leave, and one usual gap, when
--               the next order was due. They began after the last order, or where
--               their orders fell to a quarter of their rate within the year
--               before it, whichever is likelier. Of others: the last day on
--               which a loss would be known by the as-of date
WITH day AS (
    SELECT l.customer_key, l.order_date, row_number() OVER (PARTITION BY l.customer_key ORDER BY l.order_date) AS place
    FROM (
        SELECT DISTINCT f.customer_key, f.order_date
        FROM core.fact_order_line AS f
        CROSS JOIN meta.run AS r
        WHERE f.customer_key <> -1 AND f.net > 0 AND f.qty > 0 AND f.order_date <= r.as_of
    ) AS l
), whole AS (
    SELECT d.customer_key, count(*) AS days, min(d.order_date) AS first_day, max(d.order_date) AS last_day,
           max(CASE WHEN d.place = 3 THEN d.order_date END) AS third_day
    FROM day AS d
    GROUP BY d.customer_key
), drawn AS (
    SELECT w.customer_key, w.days, w.first_day, w.last_day, w.third_day,
           CAST(w.last_day - w.first_day AS DOUBLE) / CAST(w.days - 1 AS DOUBLE) AS usual_gap,
           row_number() OVER (ORDER BY md5(CAST(w.customer_key AS VARCHAR)), w.customer_key) AS draw
    FROM whole AS w
    WHERE w.days >= 3
), judged AS (
    SELECT d.customer_key, d.days, d.first_day, d.last_day, d.third_day, d.usual_gap,
           greatest(180, CAST(ceil(4 * d.usual_gap) AS INTEGER)) AS silence,
           CAST(r.as_of - d.last_day AS INTEGER) > greatest(180, 4 * d.usual_gap) AS is_lost, r.as_of
    FROM drawn AS d
    CROSS JOIN meta.run AS r
    WHERE d.draw <= ?
), before AS (
    SELECT j.customer_key, count(*) AS days, CAST(count(*) AS DOUBLE) / CAST(j.last_day - 365 - j.first_day + 1 AS DOUBLE) AS rate
    FROM judged AS j
    INNER JOIN day AS d ON d.customer_key = j.customer_key AND d.order_date < j.last_day - 365
    WHERE j.is_lost
    GROUP BY j.customer_key, j.last_day, j.first_day
), fall AS (
    SELECT d.customer_key, d.order_date,
           CAST(j.days - d.place AS DOUBLE) * ln(0.25) + b.rate * 0.75 * CAST(j.last_day - d.order_date AS DOUBLE) AS likelier
    FROM judged AS j
    INNER JOIN before AS b ON b.customer_key = j.customer_key AND b.days >= 3
    INNER JOIN day AS d ON d.customer_key = j.customer_key AND d.order_date >= j.last_day - 365
), fell AS (
    SELECT f.customer_key, f.order_date, row_number() OVER (PARTITION BY f.customer_key ORDER BY f.likelier DESC, f.order_date DESC) AS place
    FROM fall AS f
)
SELECT j.customer_key, j.first_day, j.third_day, j.last_day, j.usual_gap, j.is_lost,
       CASE WHEN j.is_lost THEN coalesce(f.order_date, j.last_day) + CAST(floor(j.usual_gap) AS INTEGER)
            ELSE j.as_of - j.silence + CAST(floor(j.usual_gap) AS INTEGER) END AS stop_day
FROM judged AS j
LEFT JOIN fell AS f ON f.customer_key = j.customer_key AND f.place = 1
ORDER BY j.customer_key

-- feature.hazard_interval: the months in which the customers of
-- feature.hazard_customer were at risk, cut at their last day. One row a customer
-- and month; everything said of a month was known before it began.
--   entry, exit   days since 1970-01-01; at risk in (entry, exit]
--   is_lost       1 in the month in which the customer was lost
--   size          net a year so far
--   orders        order days a year so far
--   late          lines delivered late, or due and not there yet, of those promised
--                 in the 183 days before
--   unresolved    complaints of these days that took more than 30 days, once they had
--   quick         complaints of these days resolved within 3 days
--   slow          all other complaints of these days
WITH month AS (
    SELECT DISTINCT CAST(date_trunc('month', d.date) AS DATE) AS began
    FROM core.dim_date AS d
    WHERE d.date_key <> -1
), spine AS (
    SELECT c.customer_key, m.began, c.first_day, c.third_day, c.stop_day, c.is_lost
    FROM feature.hazard_customer AS c
    INNER JOIN month AS m ON m.began >= CAST(date_trunc('month', c.first_day) AS DATE) AND m.began < c.stop_day
), bought AS (
    SELECT l.customer_key, CAST(date_trunc('month', l.order_date) AS DATE) AS began, count(DISTINCT l.order_date) AS days, sum(l.net) AS net
    FROM core.fact_order_line AS l
    INNER JOIN feature.hazard_customer AS c ON c.customer_key = l.customer_key
    WHERE l.net > 0 AND l.qty > 0
    GROUP BY l.customer_key, CAST(date_trunc('month', l.order_date) AS DATE)
), summed AS (
    SELECT s.customer_key, s.began, s.first_day, s.third_day, s.stop_day, s.is_lost,
           sum(b.days) OVER so_far AS days, sum(b.net) OVER so_far AS net
    FROM spine AS s
    LEFT JOIN bought AS b ON b.customer_key = s.customer_key AND b.began = s.began
    WINDOW so_far AS (PARTITION BY s.customer_key ORDER BY s.began ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), promised AS (
    SELECT g.customer_key, g.promised_date AS date, count(*) AS lines
    FROM core.fact_order_stage AS g
    WHERE g.days_late > 0 AND g.promised_date IS NOT NULL
    GROUP BY g.customer_key, g.promised_date
), late AS (
    SELECT s.customer_key, s.began, sum(p.lines) AS lines
    FROM spine AS s
    INNER JOIN promised AS p ON p.customer_key = s.customer_key AND p.date < s.began AND p.date >= s.began - 183
    GROUP BY s.customer_key, s.began
), complained AS (
    SELECT s.customer_key, s.began,
           sum(CASE WHEN coalesce(t.resolution_hours, 9999) > 720 AND s.began - t.date > 30 THEN 1 ELSE 0 END) AS unresolved,
           sum(CASE WHEN t.resolution_hours < 72 THEN 1 ELSE 0 END) AS quick,
           count(*) AS complaints
    FROM spine AS s
    INNER JOIN core.fact_ticket AS t ON t.customer_key = s.customer_key AND t.date < s.began AND t.date >= s.began - 183
    WHERE t.complaints > 0
    GROUP BY s.customer_key, s.began
)
SELECT s.customer_key,
       CAST(s.began - DATE '1970-01-01' AS INTEGER) AS "entry",
       CAST(least(CAST(s.began + INTERVAL 1 MONTH AS DATE), s.stop_day) - DATE '1970-01-01' AS INTEGER) AS "exit",
       CASE WHEN s.is_lost AND s.stop_day <= CAST(s.began + INTERVAL 1 MONTH AS DATE) THEN 1 ELSE 0 END AS is_lost,
       CAST(coalesce(s.net, 0) AS DOUBLE) / greatest(1, CAST(s.began - s.first_day AS DOUBLE) / 365.25) AS "size",
       CAST(coalesce(s.days, 0) AS DOUBLE) / greatest(1, CAST(s.began - s.first_day AS DOUBLE) / 365.25) AS orders,
       CAST(s.began - s.first_day AS DOUBLE) / 365.25 AS years,
       coalesce(l.lines, 0) AS late, coalesce(k.unresolved, 0) AS unresolved, coalesce(k.quick, 0) AS quick,
       coalesce(k.complaints - k.unresolved - k.quick, 0) AS slow
FROM summed AS s
LEFT JOIN late AS l ON l.customer_key = s.customer_key AND l.began = s.began
LEFT JOIN complained AS k ON k.customer_key = s.customer_key AND k.began = s.began
WHERE s.began > s.third_day
ORDER BY s.customer_key, s.began

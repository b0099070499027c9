-- Complaints of twelve months: how long they took, how they were rated; and who
-- of those who complained in the twelve months before has ordered since.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), ticket AS (
    SELECT t.complaints, t.resolution_hours, t.reopened, t.open, t.csat
    FROM core.fact_ticket AS t
    CROSS JOIN run AS r
    WHERE t.date BETWEEN r.since AND r.as_of
), earlier AS (
    SELECT t.customer_key
    FROM core.fact_ticket AS t
    CROSS JOIN run AS r
    WHERE t.complaints > 0 AND t.customer_key <> -1 AND t.date >= CAST(r.since - INTERVAL 12 MONTH AS DATE) AND t.date < r.since
    GROUP BY t.customer_key
), stayed AS (
    SELECT count(*) AS customers, sum(CASE WHEN c.last_order_date >= r.since THEN 1 ELSE 0 END) AS ordering
    FROM earlier AS e
    INNER JOIN core.dim_customer AS c ON c.customer_key = e.customer_key
    CROSS JOIN run AS r
), total AS (
    SELECT coalesce(sum(t.complaints), 0) AS complaints, quantile_cont(CASE WHEN t.complaints > 0 THEN CAST(t.resolution_hours * 10000 AS BIGINT) END, 0.5) / 240000 AS days,
           sum(CASE WHEN t.complaints > 0 THEN t.open END) AS open_complaints, sum(CASE WHEN t.complaints > 0 AND t.reopened > 0 THEN 1 ELSE 0 END) AS reopened,
           CAST(sum(CASE WHEN t.complaints > 0 THEN t.csat END) AS DOUBLE) / nullif(CAST(count(CASE WHEN t.complaints > 0 THEN t.csat END) AS DOUBLE), 0) AS csat,
           CAST(sum(CASE WHEN t.complaints = 0 THEN t.csat END) AS DOUBLE) / nullif(CAST(count(CASE WHEN t.complaints = 0 THEN t.csat END) AS DOUBLE), 0) AS csat_others
    FROM ticket AS t
)
SELECT t.complaints AS found_n, t.days AS half_days, coalesce(t.open_complaints, 0) AS open_n, coalesce(t.reopened, 0) AS reopened_n, t.csat AS rated_x, t.csat_others AS others_x,
       s.customers AS earlier_n, CAST(s.ordering AS DOUBLE) / nullif(CAST(s.customers AS DOUBLE), 0) AS ordering_pct
FROM total AS t
CROSS JOIN stayed AS s

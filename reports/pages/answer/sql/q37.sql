-- Visits of twelve months, all that was face to face: how often an order followed
-- within 14 days, for customers met once or twice and for those met more often.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), visit AS (
    SELECT a.customer_key, count(*) AS visits, sum(a.followed) AS followed
    FROM core.fact_activity AS a
    CROSS JOIN run AS r
    WHERE a.visits > 0 AND a.customer_key <> -1 AND a.date BETWEEN r.since AND r.as_of
    GROUP BY a.customer_key
)
SELECT coalesce(sum(v.visits), 0) AS found_n, count(*) AS customers_n, coalesce(sum(CASE WHEN v.visits <= 2 THEN 1 ELSE 0 END), 0) AS few_n, coalesce(sum(CASE WHEN v.visits > 2 THEN 1 ELSE 0 END), 0) AS many_n,
       CAST(sum(CASE WHEN v.visits <= 2 THEN v.followed END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN v.visits <= 2 THEN v.visits END) AS DOUBLE), 0) AS few_pct,
       CAST(sum(CASE WHEN v.visits > 2 THEN v.followed END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN v.visits > 2 THEN v.visits END) AS DOUBLE), 0) AS many_pct
FROM visit AS v

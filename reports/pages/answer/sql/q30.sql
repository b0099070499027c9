-- Calls of customers in twelve months, and orders within 14 days of them.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
)
SELECT count(*) AS found_n, coalesce(sum(a.followed), 0) AS followed_n, CAST(sum(a.followed) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS followed_pct, sum(a.net) AS net_money,
       count(DISTINCT CASE WHEN a.customer_key <> -1 THEN a.customer_key END) AS customers_n
FROM core.fact_activity AS a
INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
CROSS JOIN run AS r
WHERE k.type = 'call_in' AND a.date BETWEEN r.since AND r.as_of

-- Contacts of ours in twelve months that fell on a day when a ticket of the
-- customer was open.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), contact AS (
    SELECT a.customer_key, a.during_ticket, k.direction
    FROM core.fact_activity AS a
    LEFT JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
    CROSS JOIN run AS r
    WHERE a.date BETWEEN r.since AND r.as_of
)
SELECT coalesce(sum(CASE WHEN c.direction = 'out' THEN c.during_ticket END), 0) AS found_n, coalesce(sum(CASE WHEN c.direction = 'out' THEN 1 ELSE 0 END), 0) AS contacts_n,
       CAST(sum(CASE WHEN c.direction = 'out' THEN c.during_ticket END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN c.direction = 'out' THEN 1 ELSE 0 END) AS DOUBLE), 0) AS during_pct,
       count(DISTINCT CASE WHEN c.direction = 'out' AND c.during_ticket > 0 AND c.customer_key <> -1 THEN c.customer_key END) AS customers_n
FROM contact AS c

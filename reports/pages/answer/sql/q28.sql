-- How quickly and how well tickets of twelve months were answered.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
)
SELECT count(*) AS found_n, quantile_cont(CAST(t.response_hours * 10000 AS BIGINT), 0.5) / 10000 AS half_hours, quantile_cont(CAST(t.response_hours * 10000 AS BIGINT), 0.9) / 10000 AS most_hours,
       CAST(sum(t.first_contact) AS DOUBLE) / nullif(CAST(sum(t.resolved) AS DOUBLE), 0) AS first_pct, CAST(sum(t.transfers) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS transfers_x,
       CAST(sum(t.breached) AS DOUBLE) / nullif(CAST(count(*) AS DOUBLE), 0) AS breached_pct
FROM core.fact_ticket AS t
CROSS JOIN run AS r
WHERE t.date BETWEEN r.since AND r.as_of

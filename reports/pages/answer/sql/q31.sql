-- Contacts of twelve months per customer and quarter: the two upper tiers beside
-- the other buyers; and who of the upper had none in the last 90 days.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), contact AS (
    SELECT a.customer_key, count(*) AS contacts, max(a.date) AS last_date
    FROM core.fact_activity AS a
    CROSS JOIN run AS r
    WHERE a.date BETWEEN r.since AND r.as_of
    GROUP BY a.customer_key
), buyer AS (
    SELECT p.tier_no <= 2 AS is_large, coalesce(k.contacts, 0) AS contacts, k.last_date
    FROM score.pyramid AS p
    LEFT JOIN contact AS k ON k.customer_key = p.customer_key
    WHERE p.basis = 'revenue' AND p.tier_no <= 4
)
SELECT coalesce(sum(CASE WHEN b.is_large THEN 1 ELSE 0 END), 0) AS found_n, CAST(sum(CASE WHEN b.is_large THEN b.contacts END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN b.is_large THEN 4 END) AS DOUBLE), 0) AS large_x,
       CAST(sum(CASE WHEN NOT b.is_large THEN b.contacts END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN NOT b.is_large THEN 4 END) AS DOUBLE), 0) AS others_x,
       coalesce(sum(CASE WHEN b.is_large AND coalesce(b.last_date <= r.as_of - 90, true) THEN 1 ELSE 0 END), 0) AS silent_n
FROM buyer AS b
CROSS JOIN run AS r

-- Customers of the two upper tiers who complained in twelve months.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), complaint AS (
    SELECT t.customer_key, sum(t.complaints) AS complaints, sum(CASE WHEN t.complaints > 0 THEN t.open END) AS open_complaints, max(t.date) AS last_date
    FROM core.fact_ticket AS t
    CROSS JOIN run AS r
    WHERE t.complaints > 0 AND t.date BETWEEN r.since AND r.as_of
    GROUP BY t.customer_key
), large AS (
    SELECT p.customer_key, k.complaints, k.open_complaints, l.status, row_number() OVER (ORDER BY CASE WHEN k.complaints IS NULL THEN 1 ELSE 0 END, p.rank, p.customer_key) AS place
    FROM score.pyramid AS p
    LEFT JOIN complaint AS k ON k.customer_key = p.customer_key
    LEFT JOIN score.loyalty AS l ON l.customer_key = p.customer_key
    WHERE p.basis = 'revenue' AND p.tier_no <= 2
), total AS (
    SELECT count(*) AS customers, sum(CASE WHEN g.complaints > 0 THEN 1 ELSE 0 END) AS complaining, sum(g.complaints) AS complaints, sum(g.open_complaints) AS open_complaints,
           sum(CASE WHEN g.complaints > 0 AND g.status IN ('dormant', 'lost') THEN 1 ELSE 0 END) AS silent
    FROM large AS g
)
SELECT coalesce(t.complaining, 0) AS found_n, t.customers AS large_n, coalesce(t.complaints, 0) AS complaints_n, coalesce(t.open_complaints, 0) AS open_n, coalesce(t.silent, 0) AS silent_n,
       c.customer_id AS first_id, c.customer_type AS first_kind, c.name AS first_name
FROM total AS t
LEFT JOIN large AS f ON f.place = 1 AND f.complaints > 0
LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key

-- Quotations of twelve months at another price than one of the same customer and
-- title valid on the same day.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), quote AS (
    SELECT q.customer_key, q.conflicts
    FROM core.fact_quote AS q
    CROSS JOIN run AS r
    WHERE q.date BETWEEN r.since AND r.as_of
), customer AS (
    SELECT q.customer_key, sum(q.conflicts) AS conflicts, row_number() OVER (ORDER BY sum(q.conflicts) DESC, q.customer_key) AS place
    FROM quote AS q
    WHERE q.conflicts > 0 AND q.customer_key <> -1
    GROUP BY q.customer_key
), total AS (
    SELECT count(*) AS quotes, coalesce(sum(q.conflicts), 0) AS conflicts, count(DISTINCT CASE WHEN q.conflicts > 0 AND q.customer_key <> -1 THEN q.customer_key END) AS customers
    FROM quote AS q
)
SELECT t.conflicts AS found_n, t.quotes AS quotes_n, CAST(t.conflicts AS DOUBLE) / nullif(CAST(t.quotes AS DOUBLE), 0) AS conflict_pct, t.customers AS customers_n,
       c.customer_id AS customer_id, c.customer_type AS customer_kind, c.name AS customer_name, k.conflicts AS most_n
FROM total AS t
LEFT JOIN customer AS k ON k.place = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = k.customer_key

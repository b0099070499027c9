-- Quotations of twelve months to customers who first ordered in the last 24
-- months, or have not yet, beside those to others; and what price does to all.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), quote AS (
    SELECT q.accepted, coalesce(c.first_order_date > r.as_of - 730, true) AS is_new
    FROM core.fact_quote AS q
    INNER JOIN core.dim_customer AS c ON c.customer_key = q.customer_key AND c.customer_key <> -1
    CROSS JOIN run AS r
    WHERE q.date BETWEEN r.since AND r.as_of
), answer AS (
    SELECT CAST(sum(CASE WHEN q.is_new THEN q.accepted END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN q.is_new THEN 1 END) AS DOUBLE), 0) AS new_rate,
           CAST(sum(CASE WHEN NOT q.is_new THEN q.accepted END) AS DOUBLE) / nullif(CAST(sum(CASE WHEN NOT q.is_new THEN 1 END) AS DOUBLE), 0) AS old_rate,
           coalesce(sum(CASE WHEN q.is_new THEN 1 ELSE 0 END), 0) AS new_quotes
    FROM quote AS q
), price AS (
    SELECT count(*) AS customers, sum(CASE WHEN p.class = 'transaction' THEN 1 ELSE 0 END) AS transactions
    FROM score.price AS p
)
SELECT e.quotes AS found_n, a.new_quotes AS new_n, a.new_rate AS new_pct, a.old_rate AS old_pct, e.elasticity AS elasticity_x, e.low AS low_x, e.high AS high_x,
       p.customers AS judged_n, p.transactions AS price_n
FROM score.elasticity AS e
CROSS JOIN answer AS a
CROSS JOIN price AS p
WHERE e."grouping" = 'all'

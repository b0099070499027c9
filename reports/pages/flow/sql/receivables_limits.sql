-- Customers who owe more than their credit limit allows, or nearly. Parameter: how many.
WITH owed AS (
    SELECT customer_key, sum(open) AS open FROM core.fact_receivable WHERE is_open GROUP BY customer_key
), used AS (
    SELECT o.customer_key, o.open, c.customer_id, c.name, c.customer_type, c.credit_limit, CAST(o.open AS DOUBLE) / CAST(c.credit_limit AS DOUBLE) AS used
    FROM owed AS o
    JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
    WHERE c.credit_limit > 0 AND o.customer_key <> -1
)
SELECT customer_id, name, customer_type, open, credit_limit, used, count(*) OVER () AS n, count(CASE WHEN used > 1 THEN 1 END) OVER () AS over, sum(CASE WHEN used > 1 THEN open - credit_limit ELSE 0 END) OVER () AS beyond
FROM used
ORDER BY used DESC, customer_key
LIMIT ?

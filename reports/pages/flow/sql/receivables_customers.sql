-- Customers who owe most past the due day. Parameter: how many.
WITH owed AS (
    SELECT customer_key, sum(open) AS open, sum(overdue) AS overdue, count(CASE WHEN is_overdue THEN 1 END) AS invoices, max(CASE WHEN is_overdue THEN days_past_due END) AS oldest
    FROM core.fact_receivable
    WHERE is_open
    GROUP BY customer_key
)
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, o.open, o.overdue, o.invoices, o.oldest, nullif(c.credit_limit, 0), sum(o.overdue) OVER () AS all_overdue, count(*) OVER () AS n
FROM owed AS o
LEFT JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key
WHERE o.overdue > 0
ORDER BY o.overdue DESC, o.customer_key
LIMIT ?

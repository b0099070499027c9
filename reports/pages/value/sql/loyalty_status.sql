-- Customers by status and type, the whole in the last rows.
SELECT coalesce(c.customer_type, '') AS "type", s.status, count(*) AS "customers", avg(s.loyalty) AS "loyalty"
FROM score.loyalty AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
GROUP BY coalesce(c.customer_type, ''), s.status
ORDER BY 1, 2

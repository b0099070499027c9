-- How much is known of customers by type, and of how many nothing has been heard.
SELECT coalesce(d.customer_type, '') AS customer_type, count(*) AS customers, sum(c.known) AS known, sum(c.fields) AS fields, sum(CASE WHEN c.is_stale THEN 1 ELSE 0 END) AS stale
FROM score.customer_completeness AS c
JOIN core.dim_customer AS d ON d.customer_key = c.customer_key
GROUP BY coalesce(d.customer_type, '')
ORDER BY customer_type

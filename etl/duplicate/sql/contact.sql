-- How the people of a customer are reached.
SELECT DISTINCT CAST(c.customer_id AS VARCHAR) AS customer_id, c.phone, c.email
FROM stage.customer_contact c
WHERE c.phone IS NOT NULL OR c.email IS NOT NULL
ORDER BY customer_id, c.phone NULLS LAST, c.email NULLS LAST

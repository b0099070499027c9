-- What customers are called by: their numbers and kinds.
-- Parameter: keys, separated by commas.
SELECT CAST(c.customer_key AS VARCHAR) AS "ref", c.customer_id, c.name, c.customer_type
FROM core.dim_customer AS c
JOIN (SELECT CAST(UNNEST(string_split(?, ',')) AS BIGINT) AS customer_key) AS k ON k.customer_key = c.customer_key
ORDER BY c.customer_key

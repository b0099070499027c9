-- Customers by their number, else by a part of their name. Parameters: the text,
-- the text, the text, how many.
SELECT c.customer_key, c.customer_id, c.name, c.customer_type, CASE WHEN c.customer_id = ? OR c.customer_no = ? THEN 0 ELSE 1 END AS place
FROM core.dim_customer AS c
WHERE c.customer_key > 0 AND (place = 0 OR contains(lower(c.name || ' ' || coalesce(c.name_en, '')), lower(?)))
ORDER BY place, c.customer_id
LIMIT ?

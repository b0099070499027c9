-- Who the customers are. Parameter: their keys, with commas.
SELECT c.customer_key, c.customer_id, c.name, c.customer_type, g.area, g.area_zh, c.city, e.name AS owner, e.is_active AS owner_is_here, h.name AS channel, p.customer_id AS parent_id, p.name AS parent,
       p.customer_type AS parent_type, c.first_order_date, c.last_order_date, CAST(c.credit_limit AS DECIMAL(18, 4)) AS credit_limit, CAST(c.annual_book_budget AS DECIMAL(18, 4)) AS budget
FROM core.dim_customer AS c
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key > 0
LEFT JOIN core.dim_employee AS e ON e.employee_key = c.owner_employee_key AND e.employee_key > 0
LEFT JOIN core.dim_channel AS h ON h.channel_key = c.channel_key AND h.channel_key > 0
LEFT JOIN core.dim_customer AS p ON p.customer_key = c.parent_customer_key AND p.customer_key > 0
WHERE c.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY c.customer_key

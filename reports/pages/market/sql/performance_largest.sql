-- The largest of the last fiscal year that are silent, halved or complained.
SELECT t."rank", c.customer_id, c.name, c.customer_type, t.status, t.net_year, t.net_same_days, t.net_now, t.change, t.orders_same_days, t.orders_now, t.complaints, t.last_order
FROM score.top_customer AS t
JOIN core.dim_customer AS c ON c.customer_key = t.customer_key
WHERE t.status IN ('silent', 'halved') OR t.complaints > 0
ORDER BY CASE t.status WHEN 'silent' THEN 1 WHEN 'halved' THEN 2 ELSE 3 END, t."rank"

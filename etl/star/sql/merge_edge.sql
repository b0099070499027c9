SELECT c.customer_key AS member_key, m.customer_key AS parent_key
FROM stage.customer s
JOIN star_customer c ON c.customer_id = s.customer_id
JOIN star_customer m ON m.customer_id = s.merged_into
ORDER BY c.customer_key

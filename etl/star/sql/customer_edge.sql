SELECT c.customer_key AS member_key, coalesce(merged.root_key, p.customer_key) AS parent_key
FROM stage.customer s
JOIN star_customer c ON c.customer_id = s.customer_id
JOIN star_customer p ON p.customer_id = s.parent_customer_id
LEFT JOIN star_tree merged ON merged.subject = 'merge' AND merged.member_key = p.customer_key
ORDER BY c.customer_key

-- Into what each customer is merged: as the user confirmed, else as the source says.
SELECT c.customer_key AS member_key, m.customer_key AS parent_key
FROM star_customer c
LEFT JOIN stage.customer s ON s.customer_id = c.customer_id
LEFT JOIN meta.customer_merge u ON u.customer_id = CAST(c.customer_id AS VARCHAR)
JOIN star_customer m ON CAST(m.customer_id AS VARCHAR) = coalesce(u.merged_into, CAST(s.merged_into AS VARCHAR))
ORDER BY c.customer_key

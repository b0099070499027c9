-- Customers who ordered under the contact person of another customer.
SELECT DISTINCT CAST(c.customer_id AS VARCHAR) AS owner_id, CAST(h.customer_id AS VARCHAR) AS customer_id
FROM stage.order_header h
JOIN stage.customer_contact c ON c.contact_id = h.contact_id
WHERE c.customer_id <> h.customer_id
ORDER BY owner_id, customer_id

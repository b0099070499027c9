-- table: order_header
-- severity: warn
-- threshold: 0.01
-- needs: order_header, customer
-- description: Orders older than the record of their customer
-- hint: Look for customers entered late or merged: created_date is later than the first order.
-- tested: SELECT count(*) FROM stage.order_header WHERE customer_id IS NOT NULL
SELECT o.order_id, o.customer_id, CAST(o.order_date AS DATE) AS value, c.created_date
FROM stage.order_header o
JOIN stage.customer c ON c.customer_id = o.customer_id
WHERE CAST(o.order_date AS DATE) < c.created_date

-- table: order_line
-- severity: warn
-- threshold: 0.05
-- needs: order_line, order_header
-- description: Order lines whose order names no customer
-- hint: They count under (unknown) in every analysis by customer.
-- tested: SELECT count(*) FROM stage.order_line
SELECT l.line_id, l.order_id, CAST(NULL AS VARCHAR) AS value
FROM stage.order_line l
JOIN stage.order_header o ON o.order_id = l.order_id
WHERE o.customer_id IS NULL

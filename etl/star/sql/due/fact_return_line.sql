-- Order lines of a negative quantity, due as all order lines are.
SELECT line_id FROM due.key_fact_order_line

-- table: order_line
-- severity: info
-- threshold: 0
-- needs: order_line
-- description: Order lines of more than 10,000 copies
-- hint: Check for a price or a book number entered as the quantity.
-- tested: SELECT count(*) FROM stage.order_line
SELECT line_id, order_id, qty_ordered AS value
FROM stage.order_line
WHERE abs(qty_ordered) > 10000

-- table: order_line
-- severity: warn
-- threshold: 0
-- needs: order_line
-- description: Order lines with more copies cancelled than ordered
-- hint: Correct qty_cancelled in the source; the line counts as wholly cancelled.
-- tested: SELECT count(*) FROM stage.order_line WHERE qty_cancelled IS NOT NULL
SELECT line_id, order_id, qty_cancelled AS value, qty_ordered
FROM stage.order_line
WHERE qty_ordered >= 0 AND qty_cancelled > qty_ordered

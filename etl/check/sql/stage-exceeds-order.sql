-- table: order_line_stage_event
-- severity: warn
-- threshold: 0.001
-- needs: order_line_stage_event, order_line
-- description: Order lines of which more copies were delivered than ordered
-- hint: Look for delivery events entered twice.
-- tested: SELECT count(DISTINCT line_id) FROM stage.order_line_stage_event WHERE stage = 'delivered'
SELECT l.line_id, e.qty AS value, l.qty_ordered
FROM (SELECT line_id, sum(qty) AS qty FROM stage.order_line_stage_event WHERE stage = 'delivered' GROUP BY line_id) e
JOIN stage.order_line l ON l.line_id = e.line_id
WHERE e.qty > l.qty_ordered - coalesce(l.qty_cancelled, 0) AND l.qty_ordered >= 0

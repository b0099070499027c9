-- table: return_line
-- severity: warn
-- threshold: 0
-- needs: return_line, order_line
-- description: Order lines of which more copies came back than were ordered
-- hint: Check for returns entered twice.
-- tested: SELECT count(DISTINCT line_id) FROM stage.return_line WHERE line_id IS NOT NULL
SELECT l.line_id, r.qty AS value, l.qty_ordered
FROM (SELECT line_id, sum(qty) AS qty FROM stage.return_line WHERE line_id IS NOT NULL GROUP BY line_id) r
JOIN stage.order_line l ON l.line_id = r.line_id
WHERE l.qty_ordered >= 0 AND r.qty > l.qty_ordered

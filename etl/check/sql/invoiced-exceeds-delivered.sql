-- table: invoice_line
-- severity: warn
-- threshold: 0.01
-- needs: invoice_line, order_line_stage_event
-- description: Order lines billed for more copies than were delivered
-- hint: Billed before delivery, or delivery events are missing.
-- tested: SELECT count(DISTINCT line_id) FROM stage.invoice_line WHERE line_id IS NOT NULL AND qty IS NOT NULL
SELECT i.line_id, i.qty AS value, coalesce(e.qty, 0) AS delivered
FROM (SELECT line_id, sum(qty) AS qty FROM stage.invoice_line WHERE line_id IS NOT NULL AND qty IS NOT NULL GROUP BY line_id) i
JOIN (
  SELECT line_id, sum(CASE WHEN stage = 'delivered' THEN qty ELSE 0 END) AS qty, count(*) FILTER (WHERE stage = 'delivered' AND qty IS NULL) AS open
  FROM stage.order_line_stage_event GROUP BY line_id
) e ON e.line_id = i.line_id
WHERE e.open = 0 AND i.qty > coalesce(e.qty, 0)

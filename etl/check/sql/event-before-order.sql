-- table: order_line_stage_event
-- severity: warn
-- threshold: 0.001
-- needs: order_line_stage_event, order_line, order_header
-- description: Stage events dated before their order
-- hint: Check the clock and the date format of the system that writes the events.
-- tested: SELECT count(*) FROM stage.order_line_stage_event
WITH early AS (
  SELECT l.line_id, o.order_date
  FROM (SELECT line_id, min(CAST(event_ts AS DATE)) AS first_day FROM stage.order_line_stage_event GROUP BY line_id) e
  JOIN stage.order_line l ON l.line_id = e.line_id
  JOIN stage.order_header o ON o.order_id = l.order_id
  WHERE e.first_day < CAST(o.order_date AS DATE)
)
SELECT e.event_id, e.line_id, e.stage, e.event_ts AS value, y.order_date
FROM stage.order_line_stage_event e
JOIN early y ON y.line_id = e.line_id
WHERE CAST(e.event_ts AS DATE) < CAST(y.order_date AS DATE)

-- Events to be made anew: changed themselves, all others of the lines of those,
-- of an order line that is different, of a batch or person that has moved, those
-- that the as-of date has passed since, and all where the calendar is another.
SELECT event_id FROM due.changed_order_line_stage_event
UNION
SELECT event_id FROM stage.order_line_stage_event
WHERE line_id IN (SELECT line_id FROM stage.order_line_stage_event WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event))
UNION
SELECT event_id FROM stage.order_line_stage_event
WHERE line_id IN (SELECT line_id FROM core.fact_stage_event WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event))
UNION
SELECT event_id FROM stage.order_line_stage_event WHERE line_id IN (SELECT line_id FROM due.moved_fact_order_line)
UNION
SELECT event_id FROM stage.order_line_stage_event WHERE batch_id IN (SELECT batch_id FROM due.moved_event_batch)
UNION
SELECT event_id FROM stage.order_line_stage_event WHERE employee_id IN (SELECT employee_id FROM due.moved_employee)
UNION
SELECT event_id FROM core.fact_stage_event
WHERE is_after_as_of AND CAST(event_ts AS DATE) <= (SELECT as_of FROM meta.star_parameter)
UNION
SELECT event_id FROM stage.order_line_stage_event WHERE EXISTS (SELECT 1 FROM due.moved_calendar)

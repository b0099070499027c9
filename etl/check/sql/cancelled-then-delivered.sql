-- table: order_line_stage_event
-- severity: warn
-- threshold: 0.001
-- needs: order_line_stage_event, order_line
-- description: Order lines of which cancelled copies were delivered after all
-- hint: They count as delivered; correct the cancellation in the source.
-- tested: SELECT count(DISTINCT line_id) FROM stage.order_line_stage_event WHERE stage = 'cancelled'
SELECT line_id, qty_ordered, qty_cancel_events, qty_delivered AS value
FROM core.fact_order_stage
WHERE is_cancelled_then_delivered

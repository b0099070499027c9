-- table: order_line_stage_event
-- severity: info
-- threshold: 0.05
-- needs: order_line_stage_event, order_line
-- description: Order lines that passed a stage without an event
-- hint: The days to and from a stage that was skipped are unknown; the total is not.
-- tested: SELECT count(DISTINCT line_id) FROM stage.order_line_stage_event
SELECT line_id, stages_skipped AS value
FROM core.fact_order_stage
WHERE stages_skipped > 0

-- table: order_line_stage_event
-- severity: warn
-- threshold: 0.01
-- needs: order_line_stage_event, order_line
-- description: Order lines with a stage dated before one that comes ahead of it
-- hint: Look at when the systems write their events; the days between those two stages are left out.
-- tested: SELECT count(DISTINCT line_id) FROM stage.order_line_stage_event
SELECT line_id, stages_out_of_order AS value
FROM core.fact_order_stage
WHERE stages_out_of_order > 0

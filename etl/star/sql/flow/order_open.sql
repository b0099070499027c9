-- The open ones of the lines that are due, for order_age.sql.
CREATE OR REPLACE TEMP TABLE star_open AS
SELECT f.line_id, f.order_date, f.pub_date, f.is_rush, f.has_event, f.supplier_key, f.promised, s.current_stage_key AS stage_key, s.stage_since
FROM star_flow f
JOIN star_flow_state s ON s.line_id = f.line_id AND s.qty_open > 0;

-- The open lines that are not due beside those that are, for order_age.sql: nothing happened to them but
-- that time went by. An event is known of a line that has stages_skipped.
INSERT INTO star_open
SELECT f.line_id, f.order_date, t.pub_date, f.is_rush, f.stages_skipped IS NOT NULL AS has_event, f.supplier_key, f.promised_date AS promised,
       f.current_stage_key AS stage_key, f.stage_since
FROM core.fact_order_stage f
LEFT JOIN core.dim_title t ON t.title_key = f.title_key
WHERE f.is_open AND NOT EXISTS (SELECT 1 FROM due.key_fact_order_stage k WHERE k.line_id = f.line_id);

-- The stage that ends an order, and the day of the first event of all.
CREATE OR REPLACE TEMP TABLE star_final_stage AS
SELECT CASE WHEN EXISTS (SELECT 1 FROM stage.order_line_stage_event WHERE stage = 'delivered' AND NOT coalesce(is_deleted, false)) THEN 10
            WHEN EXISTS (SELECT 1 FROM stage.order_line_stage_event WHERE stage = 'outbound' AND NOT coalesce(is_deleted, false)) THEN 9
            ELSE 10 END AS stage_key,
       (SELECT min(CAST(event_ts AS DATE)) FROM stage.order_line_stage_event WHERE NOT coalesce(is_deleted, false) AND EXTRACT(year FROM event_ts) >= 1900) AS first_day;

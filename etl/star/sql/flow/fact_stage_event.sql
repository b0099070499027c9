-- core.fact_stage_event: every event of an order line, as the source has it; those
-- of lines that are not in the warehouse stand under (unknown). days are those
-- since the day the line first reached the stage before, and stand at the first
-- event of a line in a stage: a control chart by stage and day reads them.
CREATE OR REPLACE TEMP TABLE star_stage_first AS
WITH first_event AS (
    SELECT e.line_id, s.stage_key, min(CAST(e.event_ts AS DATE)) AS day
    FROM stage.order_line_stage_event e
    JOIN (SELECT DISTINCT line_id FROM due.order_line_stage_event) l ON l.line_id = e.line_id
    JOIN core.dim_stage s ON s.code = e.stage
    WHERE NOT coalesce(e.is_deleted, false)
    GROUP BY e.line_id, s.stage_key
), first_id AS (
    SELECT f.line_id, f.stage_key, f.day, min(e.event_id) AS event_id
    FROM first_event f
    JOIN core.dim_stage s ON s.stage_key = f.stage_key
    JOIN stage.order_line_stage_event e ON e.line_id = f.line_id AND e.stage = s.code AND CAST(e.event_ts AS DATE) = f.day
         AND NOT coalesce(e.is_deleted, false)
    GROUP BY f.line_id, f.stage_key, f.day
)
SELECT t.event_id, CAST(t.day - p.day AS INTEGER) AS days, y.working_day_seq - x.working_day_seq AS workdays
FROM first_id t
JOIN first_id p ON p.line_id = t.line_id AND p.stage_key = t.stage_key - 1 AND p.day <= t.day
LEFT JOIN core.dim_date x ON x.date = p.day
LEFT JOIN core.dim_date y ON y.date = t.day
WHERE t.stage_key <= 12;

CREATE OR REPLACE TABLE core.fact_stage_event AS
SELECT e.event_id, e.line_id, coalesce(f.order_key, -1) AS order_key, coalesce(d.date_key, -1) AS date_key, e.event_ts,
       coalesce(s.stage_key, -1) AS stage_key, coalesce(f.customer_key, -1) AS customer_key, coalesce(f.title_key, -1) AS title_key,
       coalesce(f.clc_key, -1) AS clc_key, coalesce(f.geo_key, -1) AS geo_key, coalesce(f.channel_key, -1) AS channel_key,
       coalesce(f.publisher_key, -1) AS publisher_key, coalesce(f.order_flag_key, -1) AS order_flag_key,
       coalesce(b.batch_key, -1) AS batch_key, coalesce(m.employee_key, -1) AS employee_key, e.dept,
       coalesce(e.qty, f.qty + f.qty_cancelled) AS qty, e.promised_date,
       CAST(e.event_ts AS DATE) < f.order_date AS is_before_order,
       CAST(e.event_ts AS DATE) > p.as_of AS is_after_as_of,
       t.days, t.workdays, e.source, e._row AS source_row
FROM due.order_line_stage_event e
CROSS JOIN meta.star_parameter p
LEFT JOIN core.dim_stage s ON s.code = e.stage
LEFT JOIN core.fact_order_line f ON f.line_id = e.line_id
LEFT JOIN core.dim_date d ON d.date = CAST(e.event_ts AS DATE)
LEFT JOIN core.dim_batch b ON b.batch_id = CAST(e.batch_id AS VARCHAR)
LEFT JOIN core.dim_employee m ON m.employee_id = CAST(e.employee_id AS VARCHAR)
LEFT JOIN star_stage_first t ON t.event_id = e.event_id
WHERE NOT coalesce(e.is_deleted, false)
ORDER BY e.event_ts, e.line_id, e.event_id;

-- When a line had come to a stage with all its copies (was received with any), as
-- known at the cutoff, and when with all of them to a later one.
CREATE OR REPLACE TEMP TABLE arrival_entered AS
WITH entered AS (
    SELECT c.cutoff, c.as_of, e.line_id, e.stage_key, CASE WHEN e.stage_key = 1 THEN min(greatest(CAST(e.event_ts AS DATE), l.order_date)) ELSE max(greatest(CAST(e.event_ts AS DATE), l.order_date)) END AS day,
           sum(coalesce(e.qty, l.qty_ordered)) AS qty
    FROM core.fact_stage_event AS e
    INNER JOIN arrival_line AS l ON l.line_id = e.line_id
    INNER JOIN arrival_cutoff AS c ON CAST(e.event_ts AS DATE) <= c.cutoff AND CAST(e.event_ts AS DATE) > c.cutoff - 365 AND l.order_date <= c.cutoff
    WHERE e.stage_key BETWEEN 1 AND 9
    GROUP BY c.cutoff, c.as_of, e.line_id, e.stage_key
), whole AS (
    SELECT e.cutoff, e.as_of, e.line_id, e.stage_key, e.day
    FROM entered AS e
    INNER JOIN arrival_line AS l ON l.line_id = e.line_id
    WHERE e.stage_key = 1 OR e.qty >= l.qty_ordered - coalesce(l.qty_cancelled, 0)
)
SELECT cutoff, as_of, line_id, stage_key, day,
       min(day) OVER (PARTITION BY cutoff, line_id ORDER BY stage_key ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS moved
FROM whole

-- When a line reached a stage, by how many of its copies.
CREATE OR REPLACE TEMP TABLE arrival_entered AS
SELECT c.cutoff, c.as_of, e.line_id, e.stage_key, min(greatest(CAST(e.event_ts AS DATE), l.order_date)) AS day, sum(e.qty) AS qty
FROM core.fact_stage_event AS e
INNER JOIN arrival_line AS l ON l.line_id = e.line_id
INNER JOIN arrival_cutoff AS c ON CAST(e.event_ts AS DATE) <= c.cutoff AND CAST(e.event_ts AS DATE) > c.cutoff - 365 AND l.order_date <= c.cutoff
WHERE e.stage_key BETWEEN 1 AND 9
GROUP BY c.cutoff, c.as_of, e.line_id, e.stage_key

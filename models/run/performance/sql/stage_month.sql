-- Mean working days of every stage by the month it began in, for the control chart:
-- holidays make a month look slow that was not.
CREATE OR REPLACE TEMP TABLE stage_month AS
SELECT e.stage_key, CAST(date_trunc('month', CAST(e.event_ts AS DATE) - e.days) AS DATE) AS month, count(*) AS lines, CAST(sum(coalesce(e.workdays, e.days)) AS DOUBLE) / CAST(count(*) AS DOUBLE) AS days
FROM core.fact_stage_event AS e
INNER JOIN core.dim_stage AS s ON s.stage_key = e.stage_key
CROSS JOIN meta.run AS r
WHERE e.days IS NOT NULL AND NOT coalesce(e.is_before_order, false) AND NOT coalesce(e.is_after_as_of, false) AND s.code NOT IN ('cancelled', 'paid', 'invoiced')
GROUP BY e.stage_key, date_trunc('month', CAST(e.event_ts AS DATE) - e.days)
HAVING count(*) >= 5

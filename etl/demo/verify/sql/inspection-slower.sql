-- Days from customs to the end of inspection, in the slow quarter and before.
WITH planted AS (
    SELECT size, "from" AS began, "to" AS ended FROM truth_events WHERE code = 'inspection_slow'
), event AS (
    SELECT e.days, CAST(e.event_ts AS DATE) BETWEEN t.began + 9 AND t.ended AS slow
    FROM core.fact_stage_event e
    JOIN core.dim_stage s ON s.stage_key = e.stage_key
    CROSS JOIN planted t
    WHERE s.code = 'inspected' AND CAST(e.event_ts AS DATE) BETWEEN t.began - 153 AND t.ended
      AND CAST(e.event_ts AS DATE) NOT BETWEEN t.began - 11 AND t.began + 8
), slower AS (
    SELECT avg(days) FILTER (WHERE slow) - avg(days) FILTER (WHERE NOT slow) AS days FROM event
)
SELECT (SELECT printf('+%.0f days', size) FROM planted) AS planted,
       printf('%+.1f days', days) AS found,
       abs(days - (SELECT size FROM planted)) <= 1 AS accepted
FROM slower

-- The months of stages that are out of control in score.stage_alarm: those planted,
-- and no others.
WITH planted AS (
    SELECT CASE code WHEN 'customs_review' THEN 'customs_cleared' ELSE 'inspected' END AS stage, CAST(unnest(generate_series("from", "to", INTERVAL 1 MONTH)) AS DATE) AS month
    FROM truth_events
    WHERE code IN ('customs_review', 'inspection_slow')
), found AS (
    SELECT stage, month FROM score.stage_alarm WHERE is_alarm
)
SELECT (SELECT CASE WHEN count(*) > 0 THEN count(*) || ' months of customs and inspection' END FROM planted) AS planted,
       printf('%d of them, %d others', (SELECT count(*) FROM planted p WHERE EXISTS (SELECT 1 FROM found f WHERE f.stage = p.stage AND f.month = p.month)),
              (SELECT count(*) FROM found f WHERE NOT EXISTS (SELECT 1 FROM planted p WHERE f.stage = p.stage AND f.month = p.month))) AS found,
       NOT EXISTS (SELECT 1 FROM planted p WHERE NOT EXISTS (SELECT 1 FROM found f WHERE f.stage = p.stage AND f.month = p.month))
           AND NOT EXISTS (SELECT 1 FROM found f WHERE NOT EXISTS (SELECT 1 FROM planted p WHERE f.stage = p.stage AND f.month = p.month)) AS accepted

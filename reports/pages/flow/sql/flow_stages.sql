-- Days between the stages over the twelve months. Parameters: first and last day.
SELECT e.stage_key, k.name_en, k.name_zh, count(*) AS lines, quantile_disc(e.days, 0.5) AS p50, quantile_disc(e.days, 0.9) AS p90, sum(e.days) AS days
FROM core.fact_stage_event AS e
JOIN core.dim_stage AS k ON k.stage_key = e.stage_key
WHERE e.days IS NOT NULL AND e.stage_key BETWEEN 2 AND 10 AND NOT coalesce(e.is_before_order, false) AND NOT coalesce(e.is_after_as_of, false)
      AND CAST(e.event_ts AS DATE) BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
GROUP BY e.stage_key, k.name_en, k.name_zh
ORDER BY e.stage_key

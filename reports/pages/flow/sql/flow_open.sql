-- Where open lines stand. A line is stuck where it has waited longer than nine in
-- ten lines did before they reached the next stage.
WITH usual AS (
    SELECT stage_key - 1 AS stage_key, quantile_disc(days, 0.9) AS p90
    FROM core.fact_stage_event
    WHERE days IS NOT NULL AND stage_key BETWEEN 2 AND 10 AND NOT coalesce(is_before_order, false) AND NOT coalesce(is_after_as_of, false)
    GROUP BY stage_key
)
SELECT k.name_en, k.name_zh, count(*) AS lines, sum(f.open_value) AS value, quantile_disc(f.age_in_stage, 0.5) AS age, any_value(u.p90) AS usual, count(CASE WHEN f.age_in_stage > u.p90 THEN 1 END) AS stuck,
       sum(CASE WHEN f.age_in_stage > u.p90 THEN f.open_value END) AS stuck_value, count(CASE WHEN f.is_overdue THEN 1 END) AS overdue
FROM core.fact_order_stage AS f
JOIN core.dim_stage AS k ON k.stage_key = f.current_stage_key
LEFT JOIN usual AS u ON u.stage_key = f.current_stage_key
WHERE f.is_open
GROUP BY f.current_stage_key, k.name_en, k.name_zh
ORDER BY f.current_stage_key

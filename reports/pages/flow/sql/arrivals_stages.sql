-- How well arrivals were estimated, by the stage the line stood in.
SELECT k.name_en, k.name_zh, sum(b.lines) AS lines, sum(b.judged_p50) AS judged_50, sum(b.by_p50) AS by_50, sum(b.judged_p90) AS judged_90, sum(b.by_p90) AS by_90
FROM score.arrival_backtest AS b
JOIN core.dim_stage AS k ON k.stage_key = b.stage_key
GROUP BY b.stage_key, k.name_en, k.name_zh
ORDER BY b.stage_key

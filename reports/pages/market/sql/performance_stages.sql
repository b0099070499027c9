-- Months of stages out of control.
SELECT k.name_en, k.name_zh, s.month, s.lines, s.days, s.expected, s.high
FROM score.stage_alarm AS s
JOIN core.dim_stage AS k ON k.stage_key = s.stage_key
WHERE s.is_alarm
ORDER BY s.month DESC, s.stage_key

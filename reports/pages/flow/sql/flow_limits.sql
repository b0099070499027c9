-- The control charts of the stages: months with their limits.
SELECT stage_key, month, days, expected, low, high, is_alarm, lines
FROM score.stage_alarm
ORDER BY stage_key, month

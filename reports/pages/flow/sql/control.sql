-- The control chart of a share. Parameter: its name.
SELECT month, cases, share, expected, low, high, is_alarm
FROM score.control_month
WHERE chart = ?
ORDER BY month

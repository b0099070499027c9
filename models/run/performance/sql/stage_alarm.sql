-- The control chart of the stages of orders: mean working days by month of their beginning,
-- with what is usual by the other months (fitted; NULL where there are too few).
CREATE OR REPLACE TABLE score.stage_alarm AS
SELECT m.stage_key, s.code AS stage, m.month, CAST(m.lines AS INTEGER) AS lines, m.days, f.expected, f.low, f.high, coalesce(f.is_alarm, false) AS is_alarm
FROM stage_month AS m
INNER JOIN core.dim_stage AS s ON s.stage_key = m.stage_key
LEFT JOIN temp.main.fitted AS f ON f.stage_key = m.stage_key AND f.month_day = CAST(m.month - DATE '1970-01-01' AS INTEGER)
ORDER BY m.stage_key, m.month

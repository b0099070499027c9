-- The control charts of shares by month, with what is usual by the other months
-- (fitted; NULL where there are too few).
CREATE OR REPLACE TABLE score.control_month AS
SELECT c.chart, c.month, CAST(c.cases AS INTEGER) AS cases, CAST(c.hits AS INTEGER) AS hits, CAST(c.hits AS DOUBLE) / CAST(c.cases AS DOUBLE) AS share,
       f.expected, f.low, f.high, coalesce(f.is_alarm, false) AS is_alarm
FROM control_case AS c
LEFT JOIN temp.main.fitted AS f ON f.chart_no = c.chart_no AND f.month_day = CAST(c.month - DATE '1970-01-01' AS INTEGER)
ORDER BY c.chart, c.month

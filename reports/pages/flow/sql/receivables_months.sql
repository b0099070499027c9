-- Balances at the ends of months and on the as-of date. Parameters: first day, last day.
WITH day AS (
    SELECT date, sum(open) AS open, sum(overdue) AS overdue, sum(billed_90d) AS billed
    FROM core.fact_receivable_balance
    WHERE date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    GROUP BY date
), last AS (
    SELECT max(date) AS date FROM day GROUP BY date_trunc('month', date)
)
SELECT d.date, d.open, d.overdue, d.billed, CASE WHEN d.billed > 0 THEN CAST(d.open AS DOUBLE) / CAST(d.billed AS DOUBLE) * 90 END AS dso
FROM day AS d
JOIN last AS l ON l.date = d.date
ORDER BY d.date

-- The share without an order by band, every fourth week of a year.
WITH week AS (
    SELECT CAST(w.n AS INTEGER) AS week FROM range(4, 53, 4) AS w(n)
)
SELECT w.week, min(CASE WHEN c.band = 'high' AND c.week <= w.week THEN c.silent END), min(CASE WHEN c.band = 'medium' AND c.week <= w.week THEN c.silent END), min(CASE WHEN c.band = 'low' AND c.week <= w.week THEN c.silent END)
FROM week AS w
CROSS JOIN score.churn_curve AS c
GROUP BY w.week
ORDER BY w.week

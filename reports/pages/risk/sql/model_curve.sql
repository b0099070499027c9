-- The share without an order by band with its 95 % interval, every fourth week of a year.
WITH week AS (
    SELECT CAST(w.n AS INTEGER) AS week FROM range(4, 53, 4) AS w(n)
), step AS (
    SELECT w.week, c.band, c.silent, c.low, c.high, row_number() OVER (PARTITION BY w.week, c.band ORDER BY c.week DESC) AS place
    FROM week AS w
    INNER JOIN score.churn_curve AS c ON c.week <= w.week
)
SELECT w.week,
       max(CASE WHEN s.band = 'high' THEN s.silent END), max(CASE WHEN s.band = 'high' THEN s.low END), max(CASE WHEN s.band = 'high' THEN s.high END),
       max(CASE WHEN s.band = 'medium' THEN s.silent END), max(CASE WHEN s.band = 'medium' THEN s.low END), max(CASE WHEN s.band = 'medium' THEN s.high END),
       max(CASE WHEN s.band = 'low' THEN s.silent END), max(CASE WHEN s.band = 'low' THEN s.low END), max(CASE WHEN s.band = 'low' THEN s.high END)
FROM week AS w
LEFT JOIN step AS s ON s.week = w.week AND s.place = 1
GROUP BY w.week
ORDER BY w.week

-- Customers by size of their value: zero or less, then in steps of about three.
WITH bands AS (
    SELECT band, low, high
    FROM (VALUES (0, -1e18, 0), (1, 0, 10), (2, 10, 30), (3, 30, 100), (4, 100, 300), (5, 300, 1000), (6, 1000, 3000), (7, 3000, 10000),
                 (8, 10000, 30000), (9, 30000, 100000), (10, 100000, 300000), (11, 300000, 1e18)) AS v (band, low, high)
)
SELECT b.band, b.low, b.high, count(*) AS customers, sum(s.clv) AS value
FROM score.clv AS s
JOIN bands AS b ON s.clv > b.low AND s.clv <= b.high
GROUP BY b.band, b.low, b.high
ORDER BY b.band

-- Customers not lost after one to four years, by type, where so many years were seen and
-- 20 customers were at risk then.
WITH year AS (
    SELECT CAST(y.n AS INTEGER) AS years FROM (VALUES (1), (2), (3), (4)) AS y(n)
), ranked AS (
    SELECT s.customer_type, y.years, s.at_risk, s.survival, s.lower, s.upper, row_number() OVER (PARTITION BY s.customer_type, y.years ORDER BY s.month DESC) AS place,
           max(s.month) OVER (PARTITION BY s.customer_type, y.years) AS last_before
    FROM score.survival AS s
    INNER JOIN year AS y ON s.month <= 12 * y.years
), seen AS (
    SELECT s.customer_type, max(s.month) AS last_month FROM score.survival AS s GROUP BY s.customer_type
)
SELECT r.customer_type, r.years, r.at_risk, r.survival, r.lower, r.upper
FROM ranked AS r
INNER JOIN seen AS s ON s.customer_type = r.customer_type AND s.last_month >= 12 * r.years
WHERE r.place = 1 AND r.at_risk >= 20
ORDER BY CASE r.customer_type WHEN '(all)' THEN 1 ELSE 0 END, r.customer_type, r.years

-- Customers not lost by quarter years since the first purchase, of the eight types with
-- most customers and of all types, where so long was seen and 20 were at risk then.
WITH tick AS (
    SELECT CAST(t.n AS INTEGER) AS month FROM range(3, 61, 3) AS t(n)
), seen AS (
    SELECT s.customer_type, max(s.month) AS last_month, max(s.at_risk) AS customers FROM score.survival AS s GROUP BY s.customer_type
), chosen AS (
    SELECT s.customer_type, row_number() OVER (ORDER BY s.customers DESC, s.customer_type) AS place, count(*) OVER () AS types
    FROM seen AS s
    WHERE s.customer_type <> '(all)' AND s.customers >= 40 AND s.last_month >= 12
), step AS (
    SELECT s.customer_type, t.month, s.at_risk, s.survival, s.lower, s.upper, row_number() OVER (PARTITION BY s.customer_type, t.month ORDER BY s.month DESC) AS place
    FROM score.survival AS s
    INNER JOIN seen AS e ON e.customer_type = s.customer_type
    INNER JOIN tick AS t ON s.month <= t.month AND e.last_month >= t.month
)
SELECT c.place, c.types, a.customer_type, a.month, a.at_risk, a.survival, a.lower, a.upper, w.survival
FROM chosen AS c
INNER JOIN step AS a ON a.customer_type = c.customer_type AND a.place = 1 AND a.at_risk >= 20
LEFT JOIN step AS w ON w.customer_type = '(all)' AND w.month = a.month AND w.place = 1
WHERE c.place <= 8
ORDER BY c.place, a.month

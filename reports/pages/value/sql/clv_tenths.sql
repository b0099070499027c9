-- Customers by tenths of their value, the highest first.
WITH placed AS (
    SELECT customer_key, clv, p_alive, row_number() OVER (ORDER BY clv DESC, customer_key) AS place, count(*) OVER () AS n
    FROM score.clv
    WHERE clv IS NOT NULL
)
SELECT (place - 1) * 10 // n + 1 AS tenth, count(*) AS customers, min(clv) AS least, max(clv) AS most, sum(clv) AS value, avg(CAST(p_alive AS DECIMAL(18, 9))) AS alive
FROM placed
GROUP BY tenth
ORDER BY tenth

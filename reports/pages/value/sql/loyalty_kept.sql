-- Retention by customers and by value over all cohorts that had a whole period of
-- the age: shares of sums.
WITH beginning AS (
    SELECT r.cohort, r.size, r.value
    FROM score.retention AS r
    WHERE r.age = 0
)
SELECT r.age, sum(b.size) AS size, sum(r.customers) AS customers, sum(b.value) AS first_value, sum(r.value) AS "value"
FROM score.retention AS r
JOIN beginning AS b ON b.cohort = r.cohort
WHERE r.is_complete AND r.age >= 1
GROUP BY r.age
ORDER BY r.age
LIMIT 12

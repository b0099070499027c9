-- Cohorts by the period of their first purchase, complete periods only.
SELECT cohort, age, size, customers
FROM score.retention
WHERE is_complete AND size > 0
ORDER BY cohort, age

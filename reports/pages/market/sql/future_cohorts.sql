-- Active customers by the year they were won in: today and at the end of the
-- projection.
WITH edge AS (
    SELECT max(CASE WHEN NOT a.is_projected THEN a.month END) AS today, max(a.month) AS ahead FROM score.acquisition_cohort AS a
)
SELECT a.cohort_year, sum(CASE WHEN a.month = e.today THEN a.active END) AS now, sum(CASE WHEN a.month = e.ahead THEN a.active END) AS later,
       sum(CASE WHEN a.month = e.ahead THEN a.low_80 END) AS low, sum(CASE WHEN a.month = e.ahead THEN a.high_80 END) AS high
FROM score.acquisition_cohort AS a
CROSS JOIN edge AS e
WHERE a.month IN (e.today, e.ahead) AND e.ahead > e.today
GROUP BY a.cohort_year
ORDER BY a.cohort_year

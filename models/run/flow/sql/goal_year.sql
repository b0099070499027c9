-- Milestones of the goals: what every year came to, and its target where one was set.
CREATE OR REPLACE TABLE score.goal_year AS
WITH year AS (
    SELECT goal, CAST(EXTRACT(year FROM month) AS INTEGER) AS year, sum(hits) AS hits, sum(cases) AS cases, count(*) AS months
    FROM goal_case
    GROUP BY goal, EXTRACT(year FROM month)
)
SELECT CAST(coalesce(y.goal, t.goal) AS INTEGER) AS goal, coalesce(y.year, t.year) AS year, CAST(coalesce(y.months, 0) AS INTEGER) AS months,
       CAST(y.hits AS DECIMAL(18, 4)) AS hits, CAST(y.cases AS DECIMAL(18, 4)) AS cases, CAST(y.hits AS DOUBLE) / CAST(y.cases AS DOUBLE) AS share, t.target
FROM year AS y
FULL JOIN goal_target AS t ON t.goal = y.goal AND t.year = y.year
ORDER BY 1, 2

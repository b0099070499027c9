-- What the goals are measured by, month by month.
CREATE OR REPLACE TABLE score.goal_month AS
SELECT CAST(goal AS INTEGER) AS goal, month, CAST(hits AS DECIMAL(18, 4)) AS hits, CAST(cases AS DECIMAL(18, 4)) AS cases, CAST(hits AS DOUBLE) / CAST(cases AS DOUBLE) AS share
FROM goal_case
ORDER BY goal, month

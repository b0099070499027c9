-- Targets of the goals by year, as the plan says them in percent: rows of measure
-- as named here, of the company as a whole. Of several for a year the mean counts.
CREATE OR REPLACE TEMP TABLE goal_target AS
WITH named AS (
    SELECT goal, code FROM (VALUES (1, 'answered_in_24h'), (2, 'first_contact'), (3, 'on_time'), (4, 'spoken_to'), (5, 'without_fault'), (6, 'reached'), (7, 'plan_kept'), (8, 'cost_known')) AS v (goal, code)
), said AS (
    SELECT n.goal, p.date_key // 10000 AS year, p.source, p.source_row, sum(p.value) AS value
    FROM core.fact_plan AS p
    INNER JOIN named AS n ON n.code = lower(trim(p.measure))
    WHERE p.goal = 'other' AND p.scope = 'company'
    GROUP BY n.goal, p.date_key // 10000, p.source, p.source_row
)
SELECT goal, CAST(year AS INTEGER) AS year, CAST(sum(value) AS DOUBLE) / CAST(count(*) AS DOUBLE) / 100 AS target
FROM said
GROUP BY goal, year

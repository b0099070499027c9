-- The scoreboard of the goals (fitted): the share at the beginning (baseline), of
-- the last twelve months (actual), of the year so far, the year's target, what the
-- year is expected to come to with the range that holds in four cases of five, and
-- the chance that the target is met.
CREATE OR REPLACE TABLE score.goal AS
SELECT CAST(f.goal AS INTEGER) AS goal, f.code, CAST(f.months AS INTEGER) AS months,
       CASE WHEN f.months > 0 THEN DATE '1970-01-01' + CAST(f.baseline_from AS INTEGER) END AS baseline_from, CASE WHEN f.months > 0 THEN DATE '1970-01-01' + CAST(f.baseline_to AS INTEGER) END AS baseline_to, f.baseline,
       CASE WHEN f.months > 0 THEN DATE '1970-01-01' + CAST(f.actual_from AS INTEGER) END AS actual_from, CASE WHEN f.months > 0 THEN DATE '1970-01-01' + CAST(f.actual_to AS INTEGER) END AS actual_to, f.actual,
       CAST(f.year AS INTEGER) AS year, f.so_far, f.target, f.forecast, f.low, f.high, f.chance, f.status
FROM temp.main.fitted AS f
ORDER BY f.goal

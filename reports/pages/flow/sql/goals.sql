-- The scoreboard of the goals.
SELECT goal, code, months, baseline_from, baseline_to, baseline, actual_from, actual_to, actual, year, so_far, target, forecast, low, high, chance, status
FROM score.goal
ORDER BY goal

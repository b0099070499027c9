-- How many months of the subjects lay within the intervals of forecasts made from
-- earlier months.
SELECT CASE WHEN count(*) > 0 THEN '80 % and 95 % of the months' END AS planted,
       printf('%.0f %% and %.0f %% of %d', 100 * sum(b.coverage_80 * b.points) / sum(b.points), 100 * sum(b.coverage_95 * b.points) / sum(b.points), CAST(sum(b.points) AS BIGINT)) AS found,
       sum(b.coverage_80 * b.points) / sum(b.points) BETWEEN 0.70 AND 0.90 AND sum(b.coverage_95 * b.points) / sum(b.points) >= 0.88 AS accepted
FROM score.forecast_backtest b
WHERE b.level = 'class' AND b.coverage_80 IS NOT NULL

-- How well arrivals were estimated, by the day of the estimate.
SELECT cutoff, sum(lines) AS lines, sum(withdrawn) AS withdrawn, sum(judged_p50) AS judged_50, sum(by_p50) AS by_50, sum(judged_p90) AS judged_90, sum(by_p90) AS by_90
FROM score.arrival_backtest
GROUP BY cutoff
ORDER BY cutoff

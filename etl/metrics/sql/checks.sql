-- The checks of the generation by severity and outcome.
SELECT severity, passed, count(*) AS checks
FROM meta.check_result
GROUP BY severity, passed
ORDER BY severity, passed

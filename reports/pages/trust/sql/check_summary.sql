-- The checks of the run by severity.
SELECT severity, count(*) AS "checks",
  count(CASE WHEN passed THEN 1 END) AS "passed",
  count(CASE WHEN NOT passed THEN 1 END) AS "failed",
  count(CASE WHEN offenders > 0 THEN 1 END) AS "found"
FROM meta.check_result
GROUP BY severity
ORDER BY CASE severity WHEN 'error' THEN 1 WHEN 'warn' THEN 2 ELSE 3 END, severity

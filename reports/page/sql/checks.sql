-- The checks of the run, failures first, then by severity.
SELECT check_id, table_name, severity, description, offenders, tested, passed, threshold, hint, samples
FROM meta.check_result
ORDER BY passed,
  CASE severity WHEN 'error' THEN 1 WHEN 'warn' THEN 2 ELSE 3 END,
  check_id

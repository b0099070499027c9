-- The checks of this run that ever found something, run by run.
SELECT h.check_id, r.description, h.as_of, h.tested, h.offenders, h.passed
FROM meta.check_history h
JOIN meta.check_result r ON r.check_id = h.check_id
WHERE h.check_id IN (SELECT o.check_id FROM meta.check_history o WHERE o.offenders > 0)
ORDER BY h.check_id, h.no

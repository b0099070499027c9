-- The rollups of the generation, those that are not used first.
SELECT name, rows, checked, state, reason
FROM meta.rollup
ORDER BY CASE state WHEN 'failed' THEN 1 WHEN 'skipped' THEN 2 ELSE 3 END, name

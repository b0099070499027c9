-- The run that made the generation.
SELECT run_id, as_of, version
FROM meta.run
ORDER BY run_id

-- The tables of the generation that hold data.
SELECT table_schema, table_name
FROM information_schema.tables
WHERE table_type = 'BASE TABLE' AND table_schema IN ('stage', 'quarantine', 'core', 'rollup', 'feature', 'score')
ORDER BY table_schema, table_name

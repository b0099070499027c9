-- Whether the generation keeps rollups.
SELECT count(*) AS tables
FROM information_schema.tables
WHERE table_schema = 'meta' AND table_name = 'rollup'

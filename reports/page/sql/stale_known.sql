-- Whether the generation records which sources could not be read.
SELECT count(*) AS tables
FROM information_schema.tables
WHERE table_schema = 'meta' AND table_name = 'stale_source'

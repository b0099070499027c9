-- Whether the generation has a table of the schema meta.
SELECT count(*) AS tables
FROM information_schema.tables
WHERE table_schema = 'meta' AND table_name = ?

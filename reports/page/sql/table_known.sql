-- Whether the generation has a table.
SELECT count(*) AS tables
FROM information_schema.tables
WHERE table_schema = ? AND table_name = ?

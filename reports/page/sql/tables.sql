-- Every table of the generation, read once for all pages.
SELECT table_schema || '.' || table_name
FROM information_schema.tables
ORDER BY 1

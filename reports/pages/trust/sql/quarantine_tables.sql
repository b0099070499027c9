-- The quarantine tables of the generation.
SELECT table_name
FROM information_schema.tables
WHERE table_schema = 'quarantine'
ORDER BY table_name

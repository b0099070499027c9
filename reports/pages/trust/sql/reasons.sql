-- Why rows were set aside.
SELECT table_name, source, reason, "rows"
FROM meta.quarantine_reason
ORDER BY "rows" DESC, table_name, source NULLS LAST, reason

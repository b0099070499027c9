-- table: extract
-- severity: warn
-- threshold: 0.01
-- needs:
-- description: Records that are no rows, in files that feed several tables
-- hint: Look at quarantine.extract: lost quotes, wrong numbers of fields, bytes of another encoding.
-- tested: SELECT CAST(coalesce(sum("read"), 0) AS BIGINT) FROM meta.extract
SELECT source, file, line, reason, raw AS value
FROM quarantine.extract

-- The files and tables that were read.
SELECT source, extract, file, format, encoding, bytes, read, landed, rejected
FROM meta.extract
ORDER BY source, extract, file NULLS LAST

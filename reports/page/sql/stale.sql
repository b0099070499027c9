-- The sources that could not be read, and the day their data are of.
SELECT source, since
FROM meta.stale_source
ORDER BY source

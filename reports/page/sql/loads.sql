-- What became of the rows of every canonical table, by source.
SELECT table_name, source, supplied, read, loaded, quarantined
FROM meta.table_load
ORDER BY supplied DESC, quarantined DESC, table_name, source NULLS LAST

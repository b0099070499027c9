-- Returns that cannot be placed: dated outside the calendar, deleted in the
-- source, or of unknown value.
DELETE FROM quarantine.return_line
WHERE reason IN ('deleted in source', 'return_date: outside the calendar', 'value_cny: missing');

INSERT INTO quarantine.return_line (source, file, line, record, reason, column_name, value, raw, key)
SELECT r.source, NULL, NULL, r._row, v.refused,
       CASE v.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'value_cny: missing' THEN 'value_cny' ELSE 'return_date' END,
       CASE v.refused WHEN 'deleted in source' THEN 'true' WHEN 'value_cny: missing' THEN NULL ELSE CAST(r.return_date AS VARCHAR) END,
       CAST(to_json(r) AS VARCHAR), CAST(r.return_id AS VARCHAR)
FROM due.return_line r
JOIN star_return v ON v.return_id = r.return_id AND v.refused IS NOT NULL
ORDER BY r.source, r._row, r.return_id;

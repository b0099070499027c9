-- Contracts that no fact can hold: deleted in the source, or beginning outside
-- the calendar.
DELETE FROM quarantine.contract WHERE reason IN ('deleted in source', 'start_date: outside the calendar');

INSERT INTO quarantine.contract (source, file, line, record, reason, column_name, value, raw)
SELECT s.source, NULL, NULL, s._row,
       CASE WHEN s.is_deleted THEN 'deleted in source' ELSE 'start_date: outside the calendar' END,
       CASE WHEN s.is_deleted THEN 'is_deleted' ELSE 'start_date' END,
       CASE WHEN s.is_deleted THEN 'true' ELSE CAST(s.start_date AS VARCHAR) END,
       CAST(to_json(s) AS VARCHAR)
FROM due.contract s
CROSS JOIN meta.star_parameter p
WHERE s.is_deleted OR s.start_date IS NOT NULL AND EXTRACT(year FROM s.start_date) NOT BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
ORDER BY s.source, s._row;

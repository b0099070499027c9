-- Rows of opportunity that no fact can hold: deleted in the source, or dated outside
-- the calendar.
DELETE FROM quarantine.opportunity WHERE reason IN ('deleted in source', 'created_date: outside the calendar');

INSERT INTO quarantine.opportunity (source, file, line, record, reason, column_name, value, raw)
SELECT s.source, NULL, NULL, s._row,
       CASE WHEN s.is_deleted THEN 'deleted in source' ELSE 'created_date: outside the calendar' END,
       CASE WHEN s.is_deleted THEN 'is_deleted' ELSE 'created_date' END,
       CASE WHEN s.is_deleted THEN 'true' ELSE CAST(s.created_date AS VARCHAR) END,
       CAST(to_json(s) AS VARCHAR)
FROM due.opportunity s
CROSS JOIN meta.star_parameter p
WHERE s.is_deleted OR s.created_date IS NOT NULL AND EXTRACT(year FROM s.created_date) NOT BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
ORDER BY s.source, s._row;

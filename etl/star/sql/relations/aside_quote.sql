-- Quotations that no fact can hold: deleted in the source, dated outside the
-- calendar, or in a currency that has no rate on their first day.
DELETE FROM quarantine.quote WHERE reason IN ('deleted in source', 'valid_from: outside the calendar', 'no rate');

INSERT INTO quarantine.quote (source, file, line, record, reason, column_name, value, raw)
SELECT s.source, NULL, NULL, s._row, q.refused,
       CASE q.refused WHEN 'deleted in source' THEN 'is_deleted' WHEN 'no rate' THEN 'ccy' ELSE 'valid_from' END,
       CASE q.refused WHEN 'deleted in source' THEN 'true' WHEN 'no rate' THEN s.ccy || ' on ' || CAST(s.valid_from AS VARCHAR) ELSE CAST(s.valid_from AS VARCHAR) END,
       CAST(to_json(s) AS VARCHAR)
FROM due.quote s
JOIN star_quote q ON q.quote_id = s.quote_id AND q.refused IS NOT NULL
ORDER BY s.source, s._row, s.quote_id;

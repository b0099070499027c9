-- The supplier that only seems slow has no alarm of slowness that goes on.
SELECT (SELECT 'S4 not slow' FROM truth_supplier WHERE code = 'S4') AS planted,
       printf('%d alarms of %s', count(a.supplier_key), coalesce((SELECT code FROM truth_supplier WHERE code = 'S4'), '')) AS found,
       count(a.supplier_key) = 0 AS accepted
FROM truth_supplier t
JOIN core.dim_supplier s ON CAST(s.supplier_id AS VARCHAR) = CAST(t.supplier_id AS VARCHAR)
LEFT JOIN score.supplier_alarm a ON a.supplier_key = s.supplier_key AND a.measure = 'slow' AND a.ended IS NULL
WHERE t.code = 'S4'

-- Suppliers out of control on the as-of date.
SELECT d.name, a.measure, a.since, a.alarmed, a.usual, a.level, s.lines, s.lead_p50, s.margin
FROM score.supplier_alarm AS a
JOIN score.supplier AS s ON s.supplier_key = a.supplier_key
JOIN core.dim_supplier AS d ON d.supplier_key = a.supplier_key
WHERE a.ended IS NULL
ORDER BY s.lines DESC, a.supplier_key, a.measure

-- What went out of control with suppliers, the latest first. Parameters: since when, how many.
SELECT d.name, a.measure, a.since, a.alarmed, a.ended, a.usual, a.level, a.cases
FROM score.supplier_alarm AS a
JOIN core.dim_supplier AS d ON d.supplier_key = a.supplier_key
WHERE a.ended IS NULL OR a.ended >= CAST(? AS DATE)
ORDER BY a.ended DESC NULLS FIRST, a.alarmed DESC, a.supplier_key, a.measure
LIMIT ?

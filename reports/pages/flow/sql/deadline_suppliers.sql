-- Suppliers of textbooks: those with open lines first, then the slowest. Parameter: how many.
SELECT s.name, d.lines, d.days_p50, d.days_p95, d.safe_date, d.open_lines, d.late_lines, d.risk_lines
FROM score.textbook_deadline AS d
JOIN core.dim_supplier AS s ON s.supplier_key = d.supplier_key
WHERE d.supplier_key > 0
ORDER BY d.late_lines DESC, d.risk_lines DESC, d.open_lines DESC, d.safe_date NULLS LAST, d.supplier_key
LIMIT ?

-- The last safe day of all suppliers together, and how many suppliers it is over for. Parameter: the as-of date.
SELECT a.term_start, a.days_p50, a.days_p95, a.safe_date, a.open_lines, a.late_lines, a.risk_lines, a.lines,
       (SELECT count(*) FROM score.textbook_deadline AS d WHERE d.supplier_key > 0 AND d.safe_date IS NOT NULL) AS suppliers,
       (SELECT count(*) FROM score.textbook_deadline AS d WHERE d.supplier_key > 0 AND d.safe_date < CAST(? AS DATE)) AS over
FROM score.textbook_deadline AS a
WHERE a.supplier_key = 0

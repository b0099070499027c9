-- Open lines that are expected after the promised day, the most valuable first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, coalesce(t.title, ''), coalesce(d.name, ''), k.name_en, k.name_zh, f.age_in_stage, f.promised_date, f.eta_p50, f.eta_p90, f.open_value, o.order_no, CAST(f.eta_p50 - f.promised_date AS INTEGER) AS late
FROM core.fact_order_stage AS f
LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
LEFT JOIN core.dim_title AS t ON t.title_key = f.title_key
LEFT JOIN core.dim_supplier AS d ON d.supplier_key = f.supplier_key
LEFT JOIN core.fact_order_line AS o ON o.line_id = f.line_id
JOIN core.dim_stage AS k ON k.stage_key = f.current_stage_key
WHERE f.is_open AND f.eta_p50 > f.promised_date
ORDER BY f.open_value DESC, f.line_id
LIMIT ?

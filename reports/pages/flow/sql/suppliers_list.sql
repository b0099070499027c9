-- Suppliers by cost over the twelve months, those out of control always. Parameters: first and last day, how many.
WITH due AS (
    SELECT supplier_key, count(*) AS due, count(CASE WHEN is_in_time THEN 1 END) AS in_time
    FROM core.fact_purchase_line
    WHERE is_due AND due_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    GROUP BY supplier_key
), placed AS (
    SELECT supplier_key, lines, leads, lead_p50, lead_p90, fill_rate, short_rate, damaged_rate, cost, price_variance, margin, flags, row_number() OVER (ORDER BY cost DESC NULLS LAST, supplier_key) AS place
    FROM score.supplier
    WHERE lines > 0
)
SELECT d.supplier_key, d.name, s.lines, s.lead_p50, s.lead_p90, CASE WHEN e.due > 0 THEN CAST(e.in_time AS DOUBLE) / e.due END AS in_time, s.fill_rate, s.short_rate, s.damaged_rate, s.cost, s.price_variance, s.margin, s.flags, s.place
FROM placed AS s
JOIN core.dim_supplier AS d ON d.supplier_key = s.supplier_key
LEFT JOIN due AS e ON e.supplier_key = s.supplier_key
WHERE s.place <= ? OR s.flags <> ''
ORDER BY s.place

-- What was sent back to suppliers. Parameters: first and last day of the twelve months, and of the twelve before, how many.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), back AS (
    SELECT r.publisher_key, sum(CASE WHEN r.return_date BETWEEN s.from_1 AND s.to_1 THEN r.qty ELSE 0 END) AS copies, sum(CASE WHEN r.return_date BETWEEN s.from_1 AND s.to_1 THEN r.value ELSE 0 END) AS value,
           sum(CASE WHEN r.return_date BETWEEN s.from_0 AND s.to_0 THEN r.qty ELSE 0 END) AS copies_before, sum(CASE WHEN r.return_date BETWEEN s.from_0 AND s.to_0 THEN r.value ELSE 0 END) AS value_before
    FROM core.fact_return AS r
    CROSS JOIN span AS s
    WHERE r.disposition = 'supplier'
    GROUP BY r.publisher_key
)
SELECT coalesce(d.name, ''), b.copies, b.value, b.copies_before, b.value_before, sum(b.copies) OVER () AS all_copies, sum(b.value) OVER () AS all_value, sum(b.copies_before) OVER () AS all_copies_before, sum(b.value_before) OVER () AS all_value_before
FROM back AS b
LEFT JOIN core.dim_supplier AS d ON d.supplier_key = b.publisher_key
WHERE b.copies > 0 OR b.copies_before > 0
ORDER BY b.value DESC, b.publisher_key
LIMIT ?

-- What score.supplier_alarm raised with the suppliers planted, and how soon by their
-- orders.
WITH planted AS (
    SELECT CAST(supplier_id AS VARCHAR) AS id, code, valid_from, CASE code WHEN 'S1' THEN 'slow' WHEN 'S2' THEN 'short' WHEN 'S3' THEN 'damaged' END AS measure
    FROM truth_supplier
    WHERE code IN ('S1', 'S2', 'S3')
), raised AS (
    SELECT p.code, p.valid_from, min(a.alarmed) AS alarmed, min(s.supplier_key) AS supplier_key
    FROM planted p
    JOIN core.dim_supplier s ON CAST(s.supplier_id AS VARCHAR) = p.id
    LEFT JOIN score.supplier_alarm a ON a.supplier_key = s.supplier_key AND a.measure = p.measure AND a.alarmed >= p.valid_from - 7 AND a.ended IS NULL
    GROUP BY p.code, p.valid_from
), soon AS (
    SELECT r.code, r.alarmed, CAST(r.alarmed - r.valid_from AS DOUBLE) / 7 AS weeks,
           (SELECT count(*) FROM core.fact_purchase_line l WHERE l.supplier_key = r.supplier_key AND l.po_date >= r.valid_from AND l.po_date < r.alarmed) AS lines
    FROM raised r
)
SELECT CASE WHEN count(*) > 0 THEN string_agg(code, ', ' ORDER BY code) END AS planted,
       string_agg(CASE WHEN alarmed IS NULL THEN code || ' not' ELSE printf('%s after %.0f weeks, %d lines', code, weeks, lines) END, '; ' ORDER BY code) AS found,
       bool_and(alarmed IS NOT NULL AND (weeks <= 6 OR lines <= 150)) AS accepted
FROM soon

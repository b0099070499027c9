-- Copies that did not come, of those ordered, since the planted month.
WITH planted AS (
    SELECT CAST(supplier_id AS VARCHAR) AS supplier_id, size, valid_from FROM truth_supplier WHERE code = 'S2'
), short AS (
    SELECT CAST(sum(CASE WHEN s.supplier_id = t.supplier_id THEN p.qty_short END) AS DOUBLE) / sum(CASE WHEN s.supplier_id = t.supplier_id THEN p.qty END) AS theirs,
           CAST(sum(CASE WHEN o.supplier_id IS NULL THEN p.qty_short END) AS DOUBLE) / sum(CASE WHEN o.supplier_id IS NULL THEN p.qty END) AS others
    FROM core.fact_purchase_line p
    JOIN core.dim_supplier s ON s.supplier_key = p.supplier_key
    CROSS JOIN planted t
    LEFT JOIN truth_supplier o ON CAST(o.supplier_id AS VARCHAR) = CAST(s.supplier_id AS VARCHAR)
    WHERE p.po_date >= t.valid_from AND p.po_date < t.valid_from + INTERVAL 8 MONTH
)
SELECT (SELECT printf('%.0f %% short', 100 * size) FROM planted) AS planted,
       printf('%.1f %%, others %.1f %%', 100 * theirs, 100 * others) AS found,
       abs(theirs - (SELECT size FROM planted)) <= 0.04 AND others <= 0.03 AS accepted
FROM short

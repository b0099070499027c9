-- Damaged copies, of those received, since the planted month.
WITH planted AS (
    SELECT CAST(supplier_id AS VARCHAR) AS supplier_id, size, valid_from FROM truth_supplier WHERE code = 'S3'
), damaged AS (
    SELECT CAST(sum(p.qty_damaged) AS DOUBLE) / sum(p.qty_received) AS share
    FROM core.fact_purchase_line p
    JOIN core.dim_supplier s ON s.supplier_key = p.supplier_key
    JOIN planted t ON t.supplier_id = CAST(s.supplier_id AS VARCHAR)
    WHERE p.po_date >= t.valid_from AND p.po_date < t.valid_from + INTERVAL 8 MONTH
)
SELECT (SELECT printf('%.0f %% damaged', 100 * size) FROM planted) AS planted,
       printf('%.1f %%', 100 * share) AS found,
       abs(share - (SELECT size FROM planted)) <= 0.04 AS accepted
FROM damaged

-- Median lead time of the slower supplier, in print only, before and since.
WITH planted AS (
    SELECT CAST(supplier_id AS VARCHAR) AS supplier_id, size, valid_from FROM truth_supplier WHERE code = 'S1'
), line AS (
    SELECT p.lead_days, p.po_date >= t.valid_from AS since
    FROM core.fact_purchase_line p
    JOIN core.dim_supplier s ON s.supplier_key = p.supplier_key
    JOIN planted t ON t.supplier_id = CAST(s.supplier_id AS VARCHAR)
    JOIN core.dim_order_flags g ON g.order_flag_key = p.order_flag_key
    WHERE NOT g.is_forthcoming AND p.po_date >= t.valid_from - INTERVAL 7 MONTH AND p.po_date < t.valid_from + INTERVAL 75 DAY
), median AS (
    SELECT quantile_cont(lead_days, 0.5) FILTER (WHERE since) - quantile_cont(lead_days, 0.5) FILTER (WHERE NOT since) AS days FROM line
)
SELECT (SELECT printf('+%.0f days', size) FROM planted) AS planted,
       printf('%+.1f days', days) AS found,
       abs(days - (SELECT size FROM planted)) <= 7 AS accepted
FROM median

-- The supplier of titles not yet out against suppliers without a planted fault,
-- in the years before any other effect on suppliers.
WITH planted AS (
    SELECT CAST(supplier_id AS VARCHAR) AS supplier_id FROM truth_supplier WHERE code = 'S4'
), line AS (
    SELECT p.lead_days, g.is_forthcoming, t.supplier_id IS NOT NULL AS theirs
    FROM core.fact_purchase_line p
    JOIN core.dim_supplier s ON s.supplier_key = p.supplier_key
    JOIN core.dim_order_flags g ON g.order_flag_key = p.order_flag_key
    LEFT JOIN planted t ON t.supplier_id = CAST(s.supplier_id AS VARCHAR)
    LEFT JOIN truth_supplier o ON CAST(o.supplier_id AS VARCHAR) = CAST(s.supplier_id AS VARCHAR)
    WHERE (t.supplier_id IS NOT NULL OR o.supplier_id IS NULL)
      AND p.po_date < (SELECT min(valid_from) - INTERVAL 6 MONTH FROM truth_supplier WHERE code <> 'S4')
), slower AS (
    SELECT avg(lead_days) FILTER (WHERE theirs) - avg(lead_days) FILTER (WHERE NOT theirs) AS seems,
           quantile_cont(lead_days, 0.5) FILTER (WHERE theirs AND NOT is_forthcoming) - quantile_cont(lead_days, 0.5) FILTER (WHERE NOT theirs AND NOT is_forthcoming) AS in_print
    FROM line
)
SELECT (SELECT 'no slower in print' FROM planted) AS planted,
       printf('%+.0f days, in print %+.1f', seems, in_print) AS found,
       seems >= 10 AND abs(in_print) <= 6 AS accepted
FROM slower

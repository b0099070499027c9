-- The numbers that publishers have in the source.
SELECT CAST(supplier_key AS VARCHAR) AS "ref", supplier_id
FROM core.dim_supplier
ORDER BY supplier_key

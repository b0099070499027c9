-- Source against warehouse.
SELECT subject, unit, source_value, warehouse_value, explained, difference, detail
FROM meta.reconciliation
ORDER BY subject, unit NULLS LAST, detail NULLS LAST

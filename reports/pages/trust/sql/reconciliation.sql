-- Source against warehouse.
SELECT subject, unit, source_value, warehouse_value, explained, difference, detail
FROM meta.reconciliation
ORDER BY abs("difference") DESC, abs(explained) DESC, subject, unit NULLS LAST, detail NULLS LAST

-- table: reconciliation
-- severity: error
-- threshold: 0
-- needs:
-- description: Counts and amounts that differ between source and warehouse without a reason
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(*) FROM meta.reconciliation
SELECT subject, unit, difference AS value
FROM meta.reconciliation
WHERE difference <> 0

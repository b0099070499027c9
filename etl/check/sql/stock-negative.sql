-- table: inventory_snapshot
-- severity: warn
-- threshold: 0
-- needs: inventory_snapshot
-- description: Counts of stock below nothing, or with more reserved than there is
-- hint: Correct the count; the figures are shown as they are.
-- tested: SELECT count(*) FROM core.fact_inventory
SELECT snap_date, title_id, qty_on_hand, qty_reserved AS value
FROM core.fact_inventory
WHERE qty_on_hand < 0 OR qty_reserved > qty_on_hand

-- table: purchase_line
-- severity: warn
-- threshold: 0.001
-- needs: purchase_line
-- description: Purchase lines of which more copies came, or came and fell short, than were ordered
-- hint: Look for receipts entered twice.
-- tested: SELECT count(*) FROM core.fact_purchase_line
SELECT po_line_id, qty, qty_short, qty_received AS value
FROM core.fact_purchase_line
WHERE qty_received + qty_short > qty

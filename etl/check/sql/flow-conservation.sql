-- table: order_line
-- severity: error
-- threshold: 0
-- needs: order_line
-- description: Order lines whose copies do not add up: ordered = cancelled + delivered + open + untracked
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(*) FROM core.fact_order_stage
SELECT line_id, qty_ordered, qty_cancelled, qty_delivered, qty_open, qty_untracked AS value
FROM core.fact_order_stage
WHERE qty_ordered <> qty_cancelled + qty_delivered + qty_open + qty_untracked OR qty_cancelled < 0 OR qty_delivered < 0 OR qty_open < 0 OR qty_untracked < 0

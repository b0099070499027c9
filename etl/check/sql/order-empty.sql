-- table: order_header
-- severity: warn
-- threshold: 0.01
-- needs: order_header, order_line
-- description: Orders without a single line
-- hint: Lines may be missing from the export of order lines.
-- tested: SELECT count(*) FROM stage.order_header
SELECT o.order_id, CAST(o.order_date AS DATE) AS value
FROM stage.order_header o
WHERE o.order_id IS NULL OR o.order_id NOT IN (SELECT l.order_id FROM stage.order_line l WHERE l.order_id IS NOT NULL)

-- Order lines to be made anew: changed themselves, of a changed order or one
-- that takes something else of customers, regions, channels, people, currencies
-- or rates, of a title that has moved, or with a cost that may be another:
-- through a purchase line that serves or served them, its purchase order, or the
-- rate of its day, the rate it was settled at or the constant rate; or with other
-- flags, or another share of freight and duty.
SELECT line_id FROM due.changed_order_line
UNION
SELECT line_id FROM stage.order_line WHERE order_id IN (SELECT order_id FROM due.changed_order_header)
UNION
SELECT line_id FROM stage.order_line WHERE order_id IN (SELECT order_id FROM due.moved_order)
UNION
SELECT line_id FROM stage.order_line WHERE title_id IN (SELECT title_id FROM due.moved_title)
UNION
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line)
UNION
SELECT order_line_id FROM meta.star_purchase WHERE po_line_id IN (SELECT po_line_id FROM due.changed_purchase_line)
UNION
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_id IN (SELECT po_id FROM due.moved_purchase_order)
UNION
SELECT l.order_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
JOIN due.moved_rate r ON r.ccy = o.ccy AND r.day = o.po_date
WHERE l.order_line_id IS NOT NULL
UNION
SELECT l.order_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
JOIN due.moved_constant c ON c.ccy = o.ccy
WHERE l.order_line_id IS NOT NULL
UNION
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_id IN (SELECT po_id FROM due.moved_settled)
UNION
SELECT line_id FROM stage.order_line WHERE order_id IN (SELECT order_id FROM due.moved_flags)
UNION
SELECT line_id FROM due.moved_landed_line
UNION
SELECT line_id FROM stage.order_line WHERE EXISTS (SELECT 1 FROM due.moved_freight_rule)

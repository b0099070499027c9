-- Order lines whose landed cost is to be made anew: with another share of a batch;
-- with a purchase line that serves or served them and is changed, or whose purchase
-- order, rate of the day or rate it was paid at is.
SELECT line_id FROM due.moved_fact_batch_cost
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
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_id IN (SELECT po_id FROM due.moved_paid_rate)

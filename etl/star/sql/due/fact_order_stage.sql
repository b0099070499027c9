-- Order lines whose course is to be made anew: those of core.fact_order_line that
-- are; those whose promise or term has come due; those with a changed event,
-- purchase, invoice or payment, or with one that the as-of date has passed since;
-- those in a batch or from a supplier that has moved; and all where the calendar,
-- the reasons, or the stage that ends an order are others. Of other open lines only
-- what is of the as-of date is made anew, see order_aged.sql.
SELECT line_id FROM due.key_fact_order_line
UNION
SELECT f.line_id
FROM core.fact_order_stage f
CROSS JOIN star_was w
CROSS JOIN meta.star_parameter p
WHERE f.promised_date > w.as_of AND f.promised_date <= p.as_of OR f.term_start > w.as_of AND f.term_start <= p.as_of
UNION
SELECT line_id FROM stage.order_line_stage_event
WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
UNION
SELECT line_id FROM core.fact_stage_event
WHERE event_id IN (SELECT event_id FROM due.changed_order_line_stage_event)
UNION
SELECT line_id FROM core.fact_stage_event
WHERE is_after_as_of AND CAST(event_ts AS DATE) <= (SELECT as_of FROM meta.star_parameter)
UNION
SELECT line_id FROM stage.order_line_stage_event
WHERE batch_id IN (SELECT batch_id FROM due.moved_event_batch)
UNION
SELECT order_line_id FROM stage.purchase_line
WHERE order_line_id IS NOT NULL AND po_id IN (SELECT po_id FROM due.moved_purchase_order)
UNION
SELECT l.order_line_id
FROM stage.purchase_line l
JOIN stage.purchase_order o ON o.po_id = l.po_id
WHERE l.order_line_id IS NOT NULL
  AND (CAST(o.supplier_id AS VARCHAR) IN (SELECT supplier_id FROM due.moved_supplier)
       OR CAST(o.batch_id AS VARCHAR) IN (SELECT batch_id FROM due.moved_batch))
UNION
SELECT l.order_line_id
FROM stage.purchase_line l
LEFT JOIN stage.purchase_order o ON o.po_id = l.po_id
CROSS JOIN star_was w
CROSS JOIN meta.star_parameter p
WHERE l.order_line_id IS NOT NULL
  AND (o.po_date > w.as_of AND o.po_date <= p.as_of OR l.confirmed_date > w.as_of AND l.confirmed_date <= p.as_of
       OR l.first_received > w.as_of AND l.first_received <= p.as_of)
UNION
SELECT line_id FROM due.changed_invoice_line WHERE line_id IS NOT NULL
UNION
SELECT line_id FROM stage.invoice_line
WHERE line_id IS NOT NULL AND invoice_id IN (
    SELECT invoice_id FROM due.changed_invoice
    UNION
    SELECT invoice_id FROM due.changed_payment_alloc
    UNION
    SELECT invoice_id FROM stage.payment_alloc WHERE payment_id IN (SELECT payment_id FROM due.changed_payment)
    UNION
    SELECT i.invoice_id
    FROM stage.invoice i
    CROSS JOIN star_was w
    CROSS JOIN meta.star_parameter p
    WHERE i.inv_date > w.as_of AND i.inv_date <= p.as_of
    UNION
    SELECT a.invoice_id
    FROM stage.payment_alloc a
    JOIN stage.payment x ON x.payment_id = a.payment_id
    CROSS JOIN star_was w
    CROSS JOIN meta.star_parameter p
    WHERE x.pay_date > w.as_of AND x.pay_date <= p.as_of)
UNION
SELECT line_id FROM stage.order_line WHERE lower(cancel_reason) IN (SELECT code FROM due.moved_reason WHERE kind = 'cancel')
UNION
SELECT line_id FROM stage.order_line WHERE EXISTS (SELECT 1 FROM due.moved_final)
UNION
SELECT line_id FROM stage.order_line WHERE EXISTS (SELECT 1 FROM due.moved_calendar)

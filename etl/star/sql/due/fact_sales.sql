-- Invoices whose sales are to be made anew: those of which anything is known
-- otherwise, with a changed line, with an order line that is made anew, or of a day
-- of order that has another rate.
SELECT invoice_id FROM due.moved_invoice
UNION
SELECT invoice_id FROM due.changed_invoice
UNION
SELECT invoice_id FROM due.changed_invoice_line
UNION
SELECT invoice_id FROM stage.invoice_line WHERE line_id IN (SELECT line_id FROM due.key_fact_order_line)
UNION
SELECT l.invoice_id
FROM stage.invoice_line l
JOIN core.fact_order_line f ON f.line_id = l.line_id
WHERE f.order_date IN (SELECT day FROM due.moved_rate)
UNION
SELECT l.invoice_id
FROM stage.invoice_line l
JOIN core.fact_return r ON r.line_id = l.line_id
WHERE r.from_order_line AND r.return_date IN (SELECT day FROM due.moved_rate)

-- Invoices of suppliers to be made anew, as those of customers are.
SELECT inv_id FROM due.moved_supplier_invoice
UNION
SELECT inv_id FROM due.changed_supplier_invoice
UNION
SELECT inv_id FROM star_supplier_invoice WHERE invoice_key IN (SELECT invoice_key FROM due.moved_supplier_paid)
UNION
SELECT inv_id FROM core.fact_payable WHERE is_open
UNION
SELECT f.inv_id
FROM core.fact_payable f
CROSS JOIN star_was w
WHERE f.invoice_date > w.as_of OR f.due_date > w.as_of

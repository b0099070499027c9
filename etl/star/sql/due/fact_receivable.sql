-- Invoices to be made anew: those of which anything is known otherwise, or of what
-- was paid on them; open ones, whose ages are of the as-of date; those dated or due
-- after the last build's.
SELECT invoice_id FROM due.moved_invoice
UNION
SELECT invoice_id FROM due.changed_invoice
UNION
SELECT invoice_id FROM star_invoice WHERE invoice_key IN (SELECT invoice_key FROM due.moved_paid)
UNION
SELECT invoice_id FROM core.fact_receivable WHERE is_open
UNION
SELECT f.invoice_id
FROM core.fact_receivable f
CROSS JOIN star_was w
WHERE f.invoice_date > w.as_of OR f.due_date > w.as_of

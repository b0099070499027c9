-- Payments to be made anew: those of which anything is known otherwise, or of what
-- they settle and the invoices of it; those by a method that has another key.
SELECT payment_id FROM due.moved_payment
UNION
SELECT payment_id FROM due.changed_payment
UNION
SELECT payment_id FROM due.moved_allocation
UNION
SELECT payment_id FROM star_allocation WHERE invoice_id IN (SELECT invoice_id FROM due.moved_invoice)
UNION
SELECT payment_id FROM star_payment WHERE method IN (SELECT name FROM due.moved_method)

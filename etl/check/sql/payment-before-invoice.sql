-- table: payment
-- severity: info
-- threshold: 0.05
-- needs: payment, payment_alloc, invoice
-- description: Payments allocated to invoices of a later date
-- hint: Paid in advance, or a date is wrong; they settle the invoice from its date on.
-- tested: SELECT count(*) FROM core.fact_payment WHERE is_allocated
SELECT payment_id, invoice_id, payment_date AS value, invoice_date
FROM core.fact_payment
WHERE is_prepaid

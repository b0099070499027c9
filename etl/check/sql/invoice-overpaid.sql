-- table: invoice
-- severity: warn
-- threshold: 0.001
-- needs: invoice, payment_alloc
-- description: Invoices paid beyond their total
-- hint: Allocations entered twice, or a payment that belongs to another invoice; the excess counts as credit.
-- tested: SELECT count(*) FROM core.fact_receivable WHERE payments > 0
SELECT invoice_id, paid_ccy AS value, billed_ccy
FROM core.fact_receivable
WHERE billed_ccy >= 0 AND paid_ccy > billed_ccy OR billed_ccy < 0 AND paid_ccy < billed_ccy

-- table: supplier_invoice
-- severity: warn
-- threshold: 0.001
-- needs: supplier_invoice, supplier_payment
-- description: Invoices of suppliers paid beyond their amount
-- hint: Payments entered twice, or that belong to another invoice; the excess counts as credit.
-- tested: SELECT count(*) FROM core.fact_payable WHERE payments > 0
SELECT inv_id, paid_ccy AS value, billed_ccy
FROM core.fact_payable
WHERE billed_ccy >= 0 AND paid_ccy > billed_ccy OR billed_ccy < 0 AND paid_ccy < billed_ccy

-- table: payment
-- severity: warn
-- threshold: 0
-- needs: payment, payment_alloc
-- description: Payments allocated to invoices beyond their amount
-- hint: Check payment_alloc for allocations entered twice; the excess stands as a negative row of its payment.
-- tested: SELECT count(*) FROM stage.payment
SELECT payment_id, -amount_ccy AS value, amount AS in_report_currency
FROM core.fact_payment
WHERE is_overallocated

-- table: payment
-- severity: info
-- threshold: 0.05
-- needs: payment, payment_alloc
-- description: Payments that are not allocated to invoices in full
-- hint: Allocate them in the source; until then the invoices they are meant for stay open.
-- tested: SELECT count(DISTINCT payment_key) FROM core.fact_payment
SELECT payment_id, amount_ccy AS value
FROM core.fact_payment
WHERE is_unallocated

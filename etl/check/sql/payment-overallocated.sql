-- table: payment
-- severity: warn
-- threshold: 0
-- needs: payment, payment_alloc
-- description: Payments allocated to invoices beyond their amount
-- hint: Check payment_alloc for allocations entered twice, or in another currency.
-- tested: SELECT count(*) FROM stage.payment
SELECT p.payment_id, a.amount AS value, p.amount AS paid
FROM stage.payment p
JOIN (SELECT payment_id, sum(amount) AS amount FROM stage.payment_alloc GROUP BY payment_id) a ON a.payment_id = p.payment_id
WHERE a.amount > p.amount

-- table: batch
-- severity: error
-- threshold: 0
-- needs: batch
-- description: Order lines that carry other freight or duty than their batches shared out
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(*) FROM core.fact_order_line WHERE freight IS NOT NULL
SELECT f.line_id, f.freight, f.duty, c.freight AS value
FROM core.fact_order_line f
JOIN (SELECT line_id, sum(freight) AS freight, sum(duty) AS duty FROM core.fact_batch_cost WHERE line_id IS NOT NULL GROUP BY line_id) c ON c.line_id = f.line_id
WHERE f.freight <> c.freight OR f.duty <> c.duty

-- table: batch
-- severity: error
-- threshold: 0
-- needs: batch
-- description: Batches whose shared freight and duty do not add up to what they cost
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(*) FROM core.dim_batch
SELECT b.batch_id, b.freight, b.duty, sum(c.freight) AS value
FROM core.dim_batch b
LEFT JOIN core.fact_batch_cost c ON c.batch_key = b.batch_key
WHERE NOT b.is_deleted
GROUP BY b.batch_id, b.freight, b.duty
HAVING coalesce(sum(c.freight), 0) <> coalesce(b.freight, 0) OR coalesce(sum(c.duty), 0) <> coalesce(b.duty, 0)

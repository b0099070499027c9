-- table: batch
-- severity: warn
-- threshold: 0.05
-- needs: batch
-- description: Batches with freight or duty that no order line is in
-- hint: Their cost stands in core.fact_batch_cost without a line; events before the oldest ones supplied are missing, or batch_id is not mapped.
-- tested: SELECT count(*) FROM core.dim_batch WHERE NOT is_deleted AND (coalesce(freight, 0) <> 0 OR coalesce(duty, 0) <> 0)
SELECT b.batch_id, c.freight, c.duty, c.reason AS value
FROM core.fact_batch_cost c
JOIN core.dim_batch b ON b.batch_key = c.batch_key
WHERE c.reason IN ('the batch has no lines', 'its lines have no weight')

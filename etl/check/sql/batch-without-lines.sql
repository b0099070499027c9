-- table: batch
-- severity: warn
-- threshold: 0.1
-- needs: batch
-- description: Batches with freight or duty, opened since the first stage event, that no order line is in
-- hint: Their cost stands in core.fact_batch_cost without a line; events are missing, or their batch_id is not mapped.
-- tested: SELECT count(*) FROM core.dim_batch WHERE NOT is_deleted AND (coalesce(freight, 0) <> 0 OR coalesce(duty, 0) <> 0) AND open_date >= (SELECT coalesce(min(CAST(event_ts AS DATE)), DATE '1900-01-01') FROM stage.order_line_stage_event)
SELECT b.batch_id, c.freight, c.duty, c.reason AS value
FROM core.fact_batch_cost c
JOIN core.dim_batch b ON b.batch_key = c.batch_key
WHERE b.open_date >= (SELECT coalesce(min(CAST(event_ts AS DATE)), DATE '1900-01-01') FROM stage.order_line_stage_event)
  AND c.reason IN ('the batch has no lines', 'its lines have no weight')

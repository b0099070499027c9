-- table: customer
-- severity: warn
-- threshold: 0
-- needs: customer
-- description: Confirmed merges of customers that are no longer there
-- hint: They have no effect; remove the lines from merges.yaml, or look for the customers in the source.
-- tested: SELECT count(*) FROM meta.customer_merge
SELECT u.line, u.customer_id, u.merged_into, CASE WHEN c.customer_id IS NULL THEN u.customer_id ELSE u.merged_into END AS value
FROM meta.customer_merge u
LEFT JOIN stage.customer c ON CAST(c.customer_id AS VARCHAR) = u.customer_id
LEFT JOIN stage.customer m ON CAST(m.customer_id AS VARCHAR) = u.merged_into
WHERE c.customer_id IS NULL OR m.customer_id IS NULL

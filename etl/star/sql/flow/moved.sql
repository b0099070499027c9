-- due.moved_*: what facts of the flow now take of dimensions and of orders that
-- is something else than in the last build.
-- Batches that have moved, as the events name them: few are compared as text.
CREATE OR REPLACE TABLE due.moved_event_batch AS
SELECT e.batch_id
FROM (SELECT DISTINCT batch_id FROM stage.order_line_stage_event WHERE batch_id IS NOT NULL) e
JOIN due.moved_batch m ON m.batch_id = CAST(e.batch_id AS VARCHAR);

-- A row where the calendar is another.
CREATE OR REPLACE TABLE due.moved_calendar AS
SELECT n.date_key
FROM core.dim_date n
FULL JOIN star_was_date o ON o.date_key = n.date_key
WHERE o.working_day_seq IS DISTINCT FROM n.working_day_seq OR o.days_to_term_start IS DISTINCT FROM n.days_to_term_start
   OR o.term IS DISTINCT FROM n.term OR o.date IS DISTINCT FROM n.date;

CREATE OR REPLACE TABLE due.moved_reason AS
SELECT coalesce(n.kind, o.kind) AS kind, coalesce(n.code, o.code) AS code
FROM core.dim_reason n
FULL JOIN star_was_reason o ON o.kind = n.kind AND o.code = n.code
WHERE coalesce(n.code, o.code) IS NOT NULL AND o.reason_key IS DISTINCT FROM n.reason_key;

CREATE OR REPLACE TABLE due.moved_catalogue AS
SELECT coalesce(n.catalogue_id, o.catalogue_id) AS catalogue_id
FROM core.dim_catalogue n
FULL JOIN star_was_catalogue o ON o.catalogue_id = n.catalogue_id
WHERE coalesce(n.catalogue_id, o.catalogue_id) IS NOT NULL
  AND (o.catalogue_key IS DISTINCT FROM n.catalogue_key OR o.issue_date IS DISTINCT FROM n.issue_date);

CREATE OR REPLACE TABLE due.moved_warehouse AS
SELECT coalesce(n.warehouse_id, o.warehouse_id) AS warehouse_id
FROM core.dim_warehouse n
FULL JOIN star_was_warehouse o ON o.warehouse_id = n.warehouse_id
WHERE coalesce(n.warehouse_id, o.warehouse_id) IS NOT NULL
  AND (o.warehouse_key IS DISTINCT FROM n.warehouse_key OR o.is_counted IS DISTINCT FROM n.is_counted);

-- Where a customer is, who looks after it, and its first order.
CREATE OR REPLACE TABLE due.moved_owner AS
SELECT coalesce(n.customer_key, o.customer_key) AS customer_key
FROM core.dim_customer n
FULL JOIN star_was_owner o ON o.customer_key = n.customer_key
WHERE o.geo_key IS DISTINCT FROM n.geo_key OR o.channel_key IS DISTINCT FROM n.channel_key
   OR o.owner_employee_key IS DISTINCT FROM n.owner_employee_key OR o.credit_limit IS DISTINCT FROM n.credit_limit
   OR o.first_order_date IS DISTINCT FROM n.first_order_date;

-- A row where orders end with another stage, or are watched from another day.
CREATE OR REPLACE TABLE due.moved_final AS
WITH was AS (
    SELECT CASE WHEN EXISTS (SELECT 1 FROM core.fact_stage_event WHERE stage_key = 10) THEN 10
                WHEN EXISTS (SELECT 1 FROM core.fact_stage_event WHERE stage_key = 9) THEN 9
                ELSE 10 END AS stage_key,
           (SELECT min(CAST(event_ts AS DATE)) FROM core.fact_stage_event WHERE EXTRACT(year FROM event_ts) >= 1900) AS first_day
)
SELECT n.stage_key
FROM star_final_stage n
CROSS JOIN was o
WHERE o.stage_key <> n.stage_key OR o.first_day IS DISTINCT FROM n.first_day;

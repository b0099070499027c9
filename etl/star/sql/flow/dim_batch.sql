-- core.dim_batch: supplier orders, consignments, customs declarations,
-- settlements and deliveries that lines travel in. Where stage.batch was not
-- supplied they are inferred from the events and purchase orders that name them.
CREATE OR REPLACE TABLE core.dim_batch AS
WITH mentioned AS (
    SELECT batch_id FROM stage.order_line_stage_event WHERE batch_id IS NOT NULL
    UNION
    SELECT batch_id FROM stage.purchase_order WHERE batch_id IS NOT NULL
), member AS (
    SELECT batch_id, batch_type, supplier_id, CAST(open_ts AS DATE) AS open_date, CAST(close_ts AS DATE) AS close_date, carrier, mode,
           freight_cny AS freight, duty_cny AS duty, weight_kg, coalesce(is_deleted, false) AS is_deleted, false AS is_inferred
    FROM stage.batch
    UNION ALL
    SELECT m.batch_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, true
    FROM mentioned m
    WHERE NOT EXISTS (SELECT 1 FROM meta.table_load t WHERE t.table_name = 'batch' AND t.supplied)
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.batch_id) AS INTEGER) AS batch_key,
       CAST(m.batch_id AS VARCHAR) AS batch_id, m.batch_type, coalesce(s.supplier_key, -1) AS supplier_key,
       m.open_date, m.close_date, m.carrier, m.mode, m.freight, m.duty, m.weight_kg, m.is_deleted, m.is_inferred
FROM member m
LEFT JOIN core.dim_supplier s ON s.supplier_id = CAST(m.supplier_id AS VARCHAR)
LEFT JOIN meta.star_key place ON place.dim = 'batch' AND place.id = CAST(m.batch_id AS VARCHAR)
UNION ALL
SELECT -1, NULL, '(unknown)', -1, NULL, NULL, '(unknown)', '(unknown)', NULL, NULL, NULL, false, false
ORDER BY batch_key;

-- Batches closed in the twelve months, by kind. Parameters: first and last day.
WITH closed AS (
    SELECT batch_key, batch_type, mode, open_date, close_date, freight, duty, weight_kg
    FROM core.dim_batch
    WHERE batch_key > 0 AND NOT coalesce(is_deleted, false) AND close_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
), line AS (
    SELECT batch_key, count(*) AS lines
    FROM (SELECT supplier_order_batch_key AS batch_key FROM core.fact_order_stage WHERE supplier_order_batch_key > 0
          UNION ALL SELECT consolidation_batch_key FROM core.fact_order_stage WHERE consolidation_batch_key > 0
          UNION ALL SELECT customs_batch_key FROM core.fact_order_stage WHERE customs_batch_key > 0
          UNION ALL SELECT settlement_batch_key FROM core.fact_order_stage WHERE settlement_batch_key > 0
          UNION ALL SELECT delivery_batch_key FROM core.fact_order_stage WHERE delivery_batch_key > 0) AS u
    GROUP BY batch_key
)
SELECT b.batch_type, b.mode, count(*) AS batches, quantile_disc(CAST(b.close_date - b.open_date AS INTEGER), 0.5) AS days, sum(l.lines) AS lines, count(l.batch_key) AS with_lines,
       sum(b.freight) AS freight, sum(b.duty) AS duty, sum(CASE WHEN b.freight IS NOT NULL THEN CAST(b.weight_kg AS DECIMAL(18, 4)) END) AS kg
FROM closed AS b
LEFT JOIN line AS l ON l.batch_key = b.batch_key
GROUP BY b.batch_type, b.mode
ORDER BY batches DESC, b.batch_type, b.mode

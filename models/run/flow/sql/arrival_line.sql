CREATE OR REPLACE TEMP TABLE arrival_line AS
SELECT f.line_id, f.order_date, f.supplier_key, coalesce(f.is_rush, false) AS is_rush, f.qty_ordered, f.qty_cancelled, CAST(t.pub_date AS DATE) AS pub_date,
       coalesce(CAST(t.pub_date AS DATE) > f.order_date, false) AS is_forthcoming,
       CASE WHEN f.completed_date_key > 0 AND f.is_complete THEN make_date(f.completed_date_key // 10000, f.completed_date_key // 100 % 100, f.completed_date_key % 100) END AS completed,
       CASE WHEN f.cancelled_date_key > 0 AND f.is_cancelled THEN make_date(f.cancelled_date_key // 10000, f.cancelled_date_key // 100 % 100, f.cancelled_date_key % 100) END AS cancelled,
       f.is_open
FROM core.fact_order_stage AS f
LEFT JOIN core.dim_title AS t ON t.title_key = f.title_key
WHERE f.is_tracked AND (f.completed_date_key > 0 OR f.is_open OR f.is_cancelled)

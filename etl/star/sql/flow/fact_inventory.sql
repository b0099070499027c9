-- core.fact_inventory: stock by title, warehouse and day of the count. A balance:
-- it adds up over titles and warehouses, not over days. Copies moved out in the 90
-- days up to the count, and whether none moved for a year, are known only where
-- the moves reach back that far.
CREATE OR REPLACE TEMP TABLE star_stock AS
WITH snapshot AS (
    SELECT snap_date, warehouse, title_id, qty_on_hand, coalesce(qty_reserved, 0) AS qty_reserved, coalesce(qty_on_order, 0) AS qty_on_order,
           cost_cny AS value, source, _row
    FROM due.inventory_snapshot
    WHERE NOT coalesce(is_deleted, false)
), reach AS (
    SELECT min(CAST(ts AS DATE)) AS first_day
    FROM stage.inventory_move
    WHERE NOT coalesce(is_deleted, false)
), moved AS (
    SELECT s.snap_date, s.warehouse, s.title_id,
           sum(CASE WHEN m.from_loc = s.warehouse AND CAST(m.ts AS DATE) > s.snap_date - 90 THEN m.qty ELSE 0 END) AS out_90,
           max(CAST(m.ts AS DATE)) AS last_move
    FROM snapshot s
    JOIN stage.inventory_move m ON m.title_id = s.title_id AND (m.from_loc = s.warehouse OR m.to_loc = s.warehouse)
         AND CAST(m.ts AS DATE) <= s.snap_date AND CAST(m.ts AS DATE) > s.snap_date - 365 AND NOT coalesce(m.is_deleted, false)
    GROUP BY s.snap_date, s.warehouse, s.title_id
)
SELECT s.snap_date, s.warehouse, s.title_id, s.qty_on_hand, s.qty_reserved, s.qty_on_order, s.value, s.source, s._row,
       CASE WHEN r.first_day <= s.snap_date - 89 THEN CAST(coalesce(m.out_90, 0) AS BIGINT) END AS qty_out_90,
       CASE WHEN r.first_day <= s.snap_date - 364 THEN s.qty_on_hand > 0 AND m.title_id IS NULL END AS is_dead
FROM snapshot s
CROSS JOIN reach r
LEFT JOIN moved m ON m.snap_date = s.snap_date AND m.warehouse = s.warehouse AND m.title_id = s.title_id;

CREATE OR REPLACE TABLE core.fact_inventory AS
SELECT coalesce(d.date_key, -1) AS date_key, s.snap_date, coalesce(w.warehouse_key, -1) AS warehouse_key, s.title_id,
       coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key, coalesce(t.publisher_key, -1) AS publisher_key,
       s.qty_on_hand, s.qty_reserved, s.qty_on_order, s.qty_on_hand - s.qty_reserved AS qty_free, s.value, s.qty_out_90,
       CASE WHEN s.qty_out_90 IS NOT NULL THEN s.qty_on_hand END AS qty_covered,
       s.is_dead, CASE WHEN s.is_dead THEN s.value WHEN s.is_dead IS NOT NULL THEN CAST(0 AS DECIMAL(18, 4)) END AS dead_value,
       CASE WHEN s.is_dead THEN s.qty_on_hand WHEN s.is_dead IS NOT NULL THEN 0 END AS qty_dead,
       CASE WHEN s.is_dead IS NOT NULL THEN s.value END AS judged_value, s.source, s._row AS source_row
FROM star_stock s
LEFT JOIN core.dim_date d ON d.date = s.snap_date
LEFT JOIN core.dim_warehouse w ON w.warehouse_id = s.warehouse
LEFT JOIN star_title_map t ON t.title_id = s.title_id
ORDER BY s.snap_date, s.warehouse, s.title_id;

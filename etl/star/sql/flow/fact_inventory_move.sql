-- core.fact_inventory_move: copies moved into, out of and between the warehouses
-- that are counted. in and out look from those: a move between two of them is both.
CREATE OR REPLACE TABLE core.fact_inventory_move AS
SELECT m.move_id, coalesce(d.date_key, -1) AS date_key, CAST(m.ts AS DATE) AS move_date,
       coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key, coalesce(t.publisher_key, -1) AS publisher_key,
       coalesce(f.warehouse_key, -1) AS from_warehouse_key, coalesce(g.warehouse_key, -1) AS to_warehouse_key,
       CASE WHEN coalesce(g.is_counted, false) THEN g.warehouse_key ELSE coalesce(f.warehouse_key, g.warehouse_key, -1) END AS warehouse_key,
       m.qty, CASE WHEN coalesce(g.is_counted, false) THEN m.qty ELSE 0 END AS qty_in, CASE WHEN coalesce(f.is_counted, false) THEN m.qty ELSE 0 END AS qty_out,
       m.unit_cost,
       TRY_CAST(CAST(m.qty AS DECIMAL(20, 0)) * m.unit_cost AS DECIMAL(18, 4)) AS value,
       CASE WHEN coalesce(g.is_counted, false) THEN TRY_CAST(CAST(m.qty AS DECIMAL(20, 0)) * m.unit_cost AS DECIMAL(18, 4)) ELSE CAST(0 AS DECIMAL(18, 4)) END AS value_in,
       CASE WHEN coalesce(f.is_counted, false) THEN TRY_CAST(CAST(m.qty AS DECIMAL(20, 0)) * m.unit_cost AS DECIMAL(18, 4)) ELSE CAST(0 AS DECIMAL(18, 4)) END AS value_out,
       m.ref, m.source, m._row AS source_row
FROM due.inventory_move m
LEFT JOIN core.dim_date d ON d.date = CAST(m.ts AS DATE)
LEFT JOIN star_title_map t ON t.title_id = m.title_id
LEFT JOIN core.dim_warehouse f ON f.warehouse_id = m.from_loc
LEFT JOIN core.dim_warehouse g ON g.warehouse_id = m.to_loc
WHERE NOT coalesce(m.is_deleted, false)
ORDER BY m.ts, m.move_id;

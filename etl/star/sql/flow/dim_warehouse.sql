-- core.dim_warehouse: the warehouses that are counted, and the other places that
-- copies move from and to (suppliers, customers, scrap).
CREATE OR REPLACE TABLE core.dim_warehouse AS
WITH counted AS (
    SELECT DISTINCT warehouse AS name FROM stage.inventory_snapshot WHERE warehouse IS NOT NULL
), place AS (
    SELECT name, true AS is_counted FROM counted
    UNION ALL
    SELECT m.name, false
    FROM (
        SELECT from_loc AS name FROM stage.inventory_move WHERE from_loc IS NOT NULL
        UNION
        SELECT to_loc FROM stage.inventory_move WHERE to_loc IS NOT NULL
    ) m
    LEFT JOIN counted c ON c.name = m.name
    WHERE c.name IS NULL
)
SELECT CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS warehouse_key, name AS warehouse_id, name, is_counted
FROM place
UNION ALL
SELECT -1, NULL, '(unknown)', false
ORDER BY warehouse_key;

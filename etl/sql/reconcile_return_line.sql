-- Staged returns against core.fact_return.
INSERT INTO meta.reconciliation
WITH staged AS (
  SELECT count(*) AS n, coalesce(sum(qty), 0) AS copies,
    count(*) FILTER (WHERE NOT kept) AS aside, coalesce(sum(CASE WHEN kept THEN 0 ELSE qty END), 0) AS aside_copies
  FROM (
    SELECT r.qty, EXISTS (SELECT 1 FROM core.fact_return f WHERE NOT f.from_order_line AND f.return_id = r.return_id) AS kept
    FROM stage.return_line r
  ) w
), fact AS (
  SELECT count(*) AS n, coalesce(sum(qty), 0) AS copies FROM core.fact_return WHERE NOT from_order_line
), both_sides AS (
  SELECT 1 AS pos, 'rows' AS unit, CAST(s.n AS DECIMAL(38,4)) AS source_value, CAST(f.n AS DECIMAL(38,4)) AS warehouse_value,
    CAST(s.aside AS DECIMAL(38,4)) AS explained FROM staged s CROSS JOIN fact f
  UNION ALL
  SELECT 2, 'copies', CAST(s.copies AS DECIMAL(38,4)), CAST(f.copies AS DECIMAL(38,4)), CAST(s.aside_copies AS DECIMAL(38,4)) FROM staged s CROSS JOIN fact f
)
SELECT 'returns in facts', unit, source_value, warehouse_value, explained, source_value - warehouse_value - explained, 'staged, in fact_return; set aside'
FROM both_sides
ORDER BY pos

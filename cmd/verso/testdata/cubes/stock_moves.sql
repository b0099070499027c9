-- rows: class.group
-- Every measure of the cube "stock_moves", by class group and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "moves",
  sum(t.qty_in) AS "moved_in",
  sum(t.qty_out) AS "moved_out",
  sum(t.value_in) AS "value_in",
  sum(t.value_out) AS "value_out"
FROM (
  SELECT f.*,
    CASE WHEN f.clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.group5, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_inventory_move AS f
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

-- rows: class.group
-- Every measure of the cube "inventory", by class group and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_on_hand) FILTER (WHERE t.is_last) ELSE sum(t.qty_on_hand) FILTER (WHERE t.is_last_of_year) END AS "on_hand",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_reserved) FILTER (WHERE t.is_last) ELSE sum(t.qty_reserved) FILTER (WHERE t.is_last_of_year) END AS "reserved",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_free) FILTER (WHERE t.is_last) ELSE sum(t.qty_free) FILTER (WHERE t.is_last_of_year) END AS "free_stock",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_on_order) FILTER (WHERE t.is_last) ELSE sum(t.qty_on_order) FILTER (WHERE t.is_last_of_year) END AS "on_order",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.value) FILTER (WHERE t.is_last) ELSE sum(t.value) FILTER (WHERE t.is_last_of_year) END AS "stock_value",
  sum(t.value)::DOUBLE / CASE WHEN GROUPING(t.year) = 1 THEN min(t.days) ELSE min(t.days_of_year) END AS "mean_stock_value",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_out_90) FILTER (WHERE t.is_last) ELSE sum(t.qty_out_90) FILTER (WHERE t.is_last_of_year) END AS "out_90",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_covered) FILTER (WHERE t.is_last) ELSE sum(t.qty_covered) FILTER (WHERE t.is_last_of_year) END AS "on_hand_covered",
  (CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_covered) FILTER (WHERE t.is_last) ELSE sum(t.qty_covered) FILTER (WHERE t.is_last_of_year) END)::DOUBLE * 90 / nullif(CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_out_90) FILTER (WHERE t.is_last) ELSE sum(t.qty_out_90) FILTER (WHERE t.is_last_of_year) END, 0) AS "cover_days",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.dead_value) FILTER (WHERE t.is_last) ELSE sum(t.dead_value) FILTER (WHERE t.is_last_of_year) END AS "dead_stock",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.qty_dead) FILTER (WHERE t.is_last) ELSE sum(t.qty_dead) FILTER (WHERE t.is_last_of_year) END AS "dead_copies",
  CASE WHEN GROUPING(t.year) = 1 THEN sum(t.judged_value) FILTER (WHERE t.is_last) ELSE sum(t.judged_value) FILTER (WHERE t.is_last_of_year) END AS "judged_value",
  (CASE WHEN GROUPING(t.year) = 1 THEN sum(t.dead_value) FILTER (WHERE t.is_last) ELSE sum(t.dead_value) FILTER (WHERE t.is_last_of_year) END)::DOUBLE / nullif(CASE WHEN GROUPING(t.year) = 1 THEN sum(t.judged_value) FILTER (WHERE t.is_last) ELSE sum(t.judged_value) FILTER (WHERE t.is_last_of_year) END, 0) AS "dead_share"
FROM (
  SELECT f.*,
    f.date_key = max(f.date_key) OVER (PARTITION BY 1) AS is_last,
    f.date_key = max(f.date_key) OVER (PARTITION BY d.year) AS is_last_of_year,
    count(DISTINCT f.date_key) OVER (PARTITION BY 1) AS days,
    count(DISTINCT f.date_key) OVER (PARTITION BY d.year) AS days_of_year,
    CASE WHEN f.clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.group5, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_inventory AS f
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

-- rows: title.abc
-- columns: class.group
-- Every measure of the cube "title_value", by ABC class and class group, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.class) = 1 THEN '(total)' ELSE t.class END AS "year",
  count(*) AS "titles",
  count(t.abc_rank) AS "titles_sold",
  sum(t.lines) AS "title_lines",
  sum(t.copies) AS "title_copies",
  sum(t.net) AS "title_net",
  sum(t.returned) AS "title_returned",
  sum(t.net) - sum(t.returned) AS "title_net_after_returns",
  sum(t.margin) AS "title_margin",
  sum(t.net_costed) AS "title_net_costed",
  (sum(t.margin))::DOUBLE / nullif((sum(t.net_costed))::DOUBLE, 0) AS "title_margin_pct",
  sum(t.copies_returned) AS "title_copies_returned",
  (sum(t.copies_returned))::DOUBLE / nullif((sum(t.copies))::DOUBLE, 0) AS "title_return_rate",
  sum(t.stock) AS "title_stock",
  sum(t.stock_value) AS "title_stock_value",
  sum(t.mean_stock_value) AS "title_mean_stock_value",
  sum(t.stock_margin) AS "title_stock_margin",
  (sum(t.stock_margin))::DOUBLE / nullif((sum(t.mean_stock_value))::DOUBLE, 0) AS "gmroi",
  sum(t.copies_issued) AS "title_issued",
  sum(t.copies_available) AS "title_available",
  (sum(t.copies_issued))::DOUBLE / nullif((sum(t.copies_available))::DOUBLE, 0) AS "sell_through",
  sum(t.excess_value) AS "excess_stock",
  sum(t.dead_value) AS "title_dead_value",
  (sum(t.dead_value))::DOUBLE / nullif((sum(t.stock_value))::DOUBLE, 0) AS "title_dead_share"
FROM (
  SELECT f.*,
    CASE WHEN f.title_key = -1 THEN '(unknown)' ELSE coalesce(f.abc, '(none)') END AS kind,
    CASE WHEN f.clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.group5, '(none)') END AS class
  FROM score.title AS f
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.class), (t.kind), (t.class), ())
ORDER BY 1, 2;

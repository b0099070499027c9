-- rows: class.group
-- Every measure of the cube "stock_turns", by class group and year, with all
-- totals, written by hand: stock beside what moved out of it.
WITH stock AS (
  SELECT f."value", f.date_key, d.year::VARCHAR AS "year", coalesce(c.group5, '(none)') AS kind
  FROM core.fact_inventory AS f
  JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  JOIN core.dim_date AS d ON d.date_key = f.date_key
), moved AS (
  SELECT f.value_out, f.date_key, d.year::VARCHAR AS "year", coalesce(c.group5, '(none)') AS kind
  FROM core.fact_inventory_move AS f
  JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  JOIN core.dim_date AS d ON d.date_key = f.date_key
), "cell" AS (
  SELECT k.kind, y."year"
  FROM (SELECT kind FROM stock UNION SELECT kind FROM moved UNION SELECT '(total)') AS k
  CROSS JOIN (SELECT "year" FROM stock UNION SELECT "year" FROM moved UNION SELECT '(total)') AS y
), answer AS (
  SELECT kind AS "type", "year",
    (SELECT sum(s."value") FROM stock AS s WHERE "cell".kind IN (s.kind, '(total)') AND "cell"."year" IN (s."year", '(total)'))::DOUBLE
      / (SELECT count(DISTINCT s.date_key) FROM stock AS s WHERE "cell"."year" IN (s."year", '(total)')) AS "mean_stock_value",
    (SELECT sum(s."value") FROM stock AS s WHERE "cell".kind IN (s.kind, '(total)')
       AND s.date_key = (SELECT max(z.date_key) FROM stock AS z WHERE "cell"."year" IN (z."year", '(total)'))) AS "stock_value",
    (SELECT sum(m.value_out) FROM moved AS m WHERE "cell".kind IN (m.kind, '(total)') AND "cell"."year" IN (m."year", '(total)')) AS "value_out"
  FROM "cell"
)
SELECT "type", "year", mean_stock_value, stock_value, value_out, value_out::DOUBLE / nullif(mean_stock_value, 0) AS "turns"
FROM answer
ORDER BY 1, 2;

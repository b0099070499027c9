-- Every measure of the cube "trade", by customer type and year, with all
-- totals, written by hand: orders and returns side by side.
SELECT CASE WHEN GROUPING(t.customer_type) = 1 THEN '(total)' ELSE t.customer_type END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  sum(t.net) AS "net",
  sum(t.copies) AS "copies",
  sum(t.margin) AS "margin",
  sum(t.returned) AS "return_value",
  sum(t.returned_copies) AS "return_copies",
  sum(t.returned)::DOUBLE / nullif(sum(t.net)::DOUBLE, 0) AS "return_rate",
  sum(t.returned_copies)::DOUBLE / nullif(sum(t.copies), 0) AS "return_rate_copies"
FROM (
  SELECT f.net, f.qty AS "copies", f.margin, NULL AS "returned", NULL AS "returned_copies",
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "customer_type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_order_line AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
  UNION ALL
  SELECT NULL, NULL, NULL, f."value", f.qty,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END
  FROM core.fact_return AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.customer_type, t.year), (t.customer_type), (t.year), ())
ORDER BY 1, 2;

-- Rows behind the report: facts and the members of the main dimensions.
SELECT "what", "n"
FROM (
  SELECT 1 AS "place", 'lines' AS "what", count(*) AS "n" FROM core.fact_order_line
  UNION ALL SELECT 2, 'returns', count(*) FROM core.fact_return
  UNION ALL SELECT 3, 'customers', count(*) FROM core.dim_customer WHERE customer_key <> -1
  UNION ALL SELECT 4, 'titles', count(*) FROM core.dim_title WHERE title_key <> -1
) AS counted
ORDER BY "place"

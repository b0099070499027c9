-- The publishers with the most revenue in the window, with the year before.
-- Parameters: current from, to; previous from, to; how many.
WITH sums AS (
  SELECT publisher_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "before"
  FROM core.fact_order_line
  WHERE publisher_key <> -1
  GROUP BY publisher_key
)
SELECT p.supplier_id, p.name, NULL AS "name_zh", s."now", s."before", CAST(s.publisher_key AS VARCHAR) AS "ref"
FROM sums AS s
JOIN core.dim_supplier AS p ON p.supplier_key = s.publisher_key
WHERE s."now" > 0
ORDER BY s."now" DESC, s.publisher_key
LIMIT ?

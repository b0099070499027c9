-- The titles with the most revenue in the window, with the year before.
-- Parameters: current from, to; previous from, to; how many.
WITH sums AS (
  SELECT title_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "before"
  FROM core.fact_order_line
  WHERE title_key <> -1
  GROUP BY title_key
)
SELECT t.title_id, t.title, t.title_zh, s."now", s."before", CAST(s.title_key AS VARCHAR) AS "ref"
FROM sums AS s
JOIN core.dim_title AS t ON t.title_key = s.title_key
WHERE s."now" > 0
ORDER BY s."now" DESC, s.title_key
LIMIT ?

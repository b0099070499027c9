-- rows: churn_cause.source
-- Every measure of the cube "churn_cause", by where the cause was named and year, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.source) = 1 THEN '(total)' ELSE t.source END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "customers",
  sum(t.is_lost) AS "lost",
  (sum(t.is_lost))::DOUBLE / nullif(count(*), 0) AS "lost_share",
  count(*) FILTER (WHERE t.cause <> '') AS "named",
  count(*) FILTER (WHERE t.cause <> '' AND t.is_lost = 1) AS "lost_named",
  sum(CASE WHEN t.is_lost = 1 THEN t.value ELSE 0 END) AS "lost_value"
FROM (
  SELECT f.is_lost, f.cause, f.value, year(DATE '1970-01-01' + f.lost_day)::VARCHAR AS year,
    CASE WHEN f.source = '' THEN '(none)' ELSE f.source END AS source
  FROM feature.churn_cause AS f
  WHERE f.lost_day > f.entry_day
) AS t
GROUP BY GROUPING SETS ((t.source, t.year), (t.source), (t.year), ())
ORDER BY 1, 2;

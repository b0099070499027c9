-- rows: class.bucket
-- Every measure of the cube "forecast", by subject and year, with all totals,
-- written by hand from the forecast itself: what the cube has to answer.
SELECT CASE WHEN GROUPING(t.bucket) = 1 THEN '(total)' ELSE t.bucket END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  sum(t.net) AS "net",
  sum(t.copies) AS "copies",
  (sum(t.net))::DOUBLE / nullif((sum(t.copies))::DOUBLE, 0) AS "net_per_copy"
FROM (
  SELECT n.member AS bucket, year(n.month)::VARCHAR AS year, n.mean AS net, c.mean AS copies
  FROM score.forecast AS n
  JOIN score.forecast AS c ON c.measure = 'copies' AND c.level = n.level AND c.member = n.member AND c.month = n.month
  WHERE n.measure = 'net' AND n.level = 'class'
) AS t
GROUP BY GROUPING SETS ((t.bucket, t.year), (t.bucket), (t.year), ())
ORDER BY 1, 2;

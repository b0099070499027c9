-- rows: region.area
-- Every measure of the cube "lead_scores", by area and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "leads",
  sum(t.chance) AS "expected_orders",
  sum(t.expected_margin) AS "expected_margin",
  (sum(t.chance))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "mean_chance"
FROM (
  SELECT CAST(f.probability_left AS DECIMAL(18, 4)) AS chance, f.expected_margin,
    CASE WHEN l.geo_key = -1 OR g.geo_key IS NULL THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area,
    year(l.date)::VARCHAR AS year
  FROM score.lead AS f
  JOIN core.fact_lead AS l ON l.lead_id = f.lead_id
  LEFT JOIN core.dim_geo AS g ON g.geo_key = l.geo_key
) AS t
GROUP BY GROUPING SETS ((t.area, t.year), (t.area), (t.year), ())
ORDER BY 1, 2;

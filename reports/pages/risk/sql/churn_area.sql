-- Customers at risk by region. Parameter: how many.
SELECT g.area, g.area_zh, count(*), count(CASE WHEN s.band = 'high' THEN 1 END), sum(s.expected_left), sum(s.value_at_risk)
FROM score.churn AS s
INNER JOIN core.dim_geo AS g ON g.geo_key = s.geo_key AND g.geo_key <> -1
WHERE g.area IS NOT NULL
GROUP BY g.area, g.area_zh
ORDER BY sum(s.value_at_risk) DESC NULLS LAST, g.area
LIMIT ?

-- Open leads, those that are worth most first. Parameter: how many.
SELECT s.lead_id, s.lead_source, g.area, g.area_zh, s.date, s.probability_left, s.expected_margin, s.reason_1, s.reason_2, s.reason_1_zh, s.reason_2_zh, count(*) OVER () AS every
FROM score.lead AS s
LEFT JOIN core.dim_geo AS g ON g.geo_key = s.geo_key AND g.geo_key <> -1
ORDER BY s.place
LIMIT ?

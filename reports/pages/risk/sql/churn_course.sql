-- The rate by origin, of the origins at which the horizon of every customer type has
-- ended, with half and twice the horizon where that has ended too.
WITH origin AS (
    SELECT r.origin, count(*) AS types, sum(r.at_risk) AS at_risk, sum(r."left") AS gone, sum(r.came_back) AS back,
           CASE WHEN count(r.left_half) = count(*) THEN sum(r.left_half) END AS half, CASE WHEN count(r.left_double) = count(*) THEN sum(r.left_double) END AS double
    FROM score.churn_rate AS r
    GROUP BY r.origin
)
SELECT o.origin, o.at_risk, o.gone, o.back, o.half, o.double
FROM origin AS o
WHERE o.types = (SELECT max(types) FROM origin)
ORDER BY o.origin

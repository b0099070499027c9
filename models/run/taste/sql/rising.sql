-- feature.taste_rising: subjects that all customers moved to, so that moving to
-- them is no change of one: their share of lines from some year on is more than
-- a tenth above that before, and told from it at four standard errors.
CREATE OR REPLACE TABLE feature.taste_rising AS
WITH yearly AS (
    SELECT a.member, year(l.day) AS y, CAST(sum(l."lines") AS DOUBLE) AS n
    FROM feature.taste_line AS l
    JOIN feature.taste_attribute AS a ON a.title_key = l.title_key AND a.kind = 'subject'
    GROUP BY a.member, year(l.day)
), years AS (
    SELECT y, sum(n) AS n FROM yearly GROUP BY y
), cut AS (
    SELECT y.y AS at, (SELECT sum(e.n) FROM years AS e WHERE e.y < y.y) AS before, (SELECT sum(e.n) FROM years AS e WHERE e.y >= y.y) AS after FROM years AS y
), side AS (
    SELECT m.member, c.at, c.before, c.after,
           coalesce(sum(m.n) FILTER (WHERE m.y < c.at), 0) AS lines_before, coalesce(sum(m.n) FILTER (WHERE m.y >= c.at), 0) AS lines_after
    FROM yearly AS m
    CROSS JOIN cut AS c
    WHERE c.before > 0 AND c.after > 0
    GROUP BY m.member, c.at, c.before, c.after
)
SELECT DISTINCT member FROM side
WHERE lines_after / after > 1.1 * lines_before / before
  AND lines_after / after - lines_before / before > 4 * sqrt((lines_before + lines_after) / (before + after) * (1 - (lines_before + lines_after) / (before + after)) * (1 / before + 1 / after))
ORDER BY member;

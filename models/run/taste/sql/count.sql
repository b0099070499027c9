-- feature.taste_count: lines and their weight by customer, kind, level and member;
-- feature.taste_total: the same over all members.
CREATE OR REPLACE TABLE feature.taste_count AS
SELECT l.customer_key, a.kind, a.level, a.member, CAST(sum(l."lines") AS BIGINT) AS "lines", CAST(sum(l.weight) AS DECIMAL(18, 9)) AS weight
FROM feature.taste_line AS l
JOIN feature.taste_attribute AS a ON a.title_key = l.title_key
GROUP BY l.customer_key, a.kind, a.level, a.member
ORDER BY 1, 2, 3, 4;
CREATE OR REPLACE TABLE feature.taste_total AS
SELECT n.customer_key, coalesce(c.customer_type, '(none)') AS customer_type, n.kind, n.level, CAST(sum(n."lines") AS BIGINT) AS "lines", CAST(sum(n.weight) AS DECIMAL(18, 9)) AS weight,
       CAST(sum(n."lines" * (n."lines" - 1)) AS DECIMAL(38, 0)) AS same
FROM feature.taste_count AS n
JOIN core.dim_customer AS c ON c.customer_key = n.customer_key
GROUP BY n.customer_key, coalesce(c.customer_type, '(none)'), n.kind, n.level
ORDER BY 1, 2, 3, 4;

-- feature.taste_base: what customers of a type read. A customer counts with so
-- many lines at most, so that a reseller is not his type; a type leans on all
-- customers with so many lines, one without buyers altogether.
CREATE OR REPLACE TABLE feature.taste_base AS
WITH capped AS (
    SELECT t.customer_type, n.kind, n.level, n.member,
           CAST(sum(CAST(n.weight * least(1.0, CAST(? AS DOUBLE) / greatest(t."lines", 1)) AS DECIMAL(18, 9))) AS DECIMAL(18, 9)) AS weight
    FROM feature.taste_count AS n
    JOIN feature.taste_total AS t ON t.customer_key = n.customer_key AND t.kind = n.kind AND t.level = n.level
    GROUP BY t.customer_type, n.kind, n.level, n.member
), whole AS (
    SELECT kind, level, member, CAST(sum(weight) AS DOUBLE) / CAST(sum(sum(weight)) OVER (PARTITION BY kind, level) AS DOUBLE) AS share
    FROM capped GROUP BY kind, level, member
), typed AS (
    SELECT k.customer_type, g.kind, g.level, coalesce(CAST(sum(c.weight) AS DOUBLE), 0) AS weight
    FROM (SELECT DISTINCT coalesce(customer_type, '(none)') AS customer_type FROM core.dim_customer WHERE customer_key > 0) AS k
    CROSS JOIN (SELECT DISTINCT kind, level FROM whole) AS g
    LEFT JOIN capped AS c ON c.customer_type = k.customer_type AND c.kind = g.kind AND c.level = g.level
    GROUP BY k.customer_type, g.kind, g.level
)
SELECT t.customer_type, w.kind, w.level, w.member,
       (coalesce(CAST(c.weight AS DOUBLE), 0) + l.pull * w.share) / (t.weight + l.pull) AS base
FROM typed AS t
CROSS JOIN (SELECT CAST(? AS DOUBLE) AS pull) AS l
JOIN whole AS w ON w.kind = t.kind AND w.level = t.level
LEFT JOIN capped AS c ON c.customer_type = t.customer_type AND c.kind = w.kind AND c.level = w.level AND c.member = w.member
ORDER BY 1, 2, 3, 4;

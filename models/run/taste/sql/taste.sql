-- score.taste: what every customer prefers, by kind of attribute and level. The
-- share is (weight + α·prior) / (weights + α); the prior is the type's base,
-- with the declared interests in it as far as declarations have held; affinity
-- is the share over the base. confidence is the chance that the share is above
-- the base, by the logistic approximation of the normal one. Authors, series and
-- publishers of a single line are left out.
CREATE OR REPLACE TABLE score.taste AS
WITH cell AS (
    SELECT coalesce(n.customer_key, d.customer_key) AS customer_key, coalesce(n.kind, d.kind) AS kind, coalesce(n.level, d.level) AS level,
           coalesce(n.member, d.member) AS member, coalesce(n."lines", 0) AS "lines", CAST(coalesce(n.weight, 0) AS DOUBLE) AS weight, d.portion
    FROM feature.taste_count AS n
    FULL JOIN feature.taste_declared AS d ON d.customer_key = n.customer_key AND d.kind = n.kind AND d.level = n.level AND d.member = n.member
    WHERE n.kind IS NULL OR n.kind NOT IN ('author', 'series', 'publisher') OR n."lines" > 1
), said AS (
    SELECT DISTINCT customer_key, kind, level FROM feature.taste_declared
), joined AS (
    SELECT c.*, t.weight AS total, t."lines" AS of_lines, coalesce(b.base, 0) AS base, a.concentration,
           CASE WHEN s.customer_key IS NULL THEN coalesce(b.base, 0) ELSE (1 - coalesce(r.trust, 0)) * coalesce(b.base, 0) + coalesce(r.trust, 0) * coalesce(c.portion, 0) END AS prior
    FROM cell AS c
    JOIN core.dim_customer AS k ON k.customer_key = c.customer_key
    LEFT JOIN (SELECT customer_key, kind, level, "lines", CAST(weight AS DOUBLE) AS weight FROM feature.taste_total) AS t ON t.customer_key = c.customer_key AND t.kind = c.kind AND t.level = c.level
    LEFT JOIN feature.taste_concentration AS a ON a.customer_type = coalesce(k.customer_type, '(none)') AND a.kind = c.kind AND a.level = c.level
    LEFT JOIN feature.taste_base AS b ON b.customer_type = coalesce(k.customer_type, '(none)') AND b.kind = c.kind AND b.level = c.level AND b.member = c.member
    LEFT JOIN said AS s ON s.customer_key = c.customer_key AND s.kind = c.kind AND s.level = c.level
    LEFT JOIN feature.taste_trust AS r ON r.kind = c.kind AND r.level = c.level
), shared AS (
    SELECT j.*, (j.weight + coalesce(j.concentration, 1) * j.prior) / (coalesce(j.total, 0) + coalesce(j.concentration, 1)) AS share, coalesce(j.total, 0) + coalesce(j.concentration, 1) + 1 AS size
    FROM joined AS j
)
SELECT s.customer_key, s.kind, s.level, s.member, coalesce(c.name_en, s.member) AS name, coalesce(c.name_zh, s.member) AS name_zh,
       CAST(s."lines" AS BIGINT) AS "lines", CAST(coalesce(s.of_lines, 0) AS BIGINT) AS of_lines, s.weight, s.share, s.base, s.prior,
       CASE WHEN s.base > 0 THEN s.share / s.base END AS affinity,
       CASE WHEN s.share <= 0 OR s.share >= 1 OR s.size <= 0 THEN NULL ELSE 1 / (1 + exp(-least(greatest(1.702 * (s.share - s.base) / sqrt(s.share * (1 - s.share) / s.size), -30), 30))) END AS confidence,
       s.portion IS NOT NULL AS is_declared
FROM shared AS s
LEFT JOIN core.dim_clc AS c ON s.kind IN ('subject', 'class') AND c.code = s.member AND c.clc_key > 0
ORDER BY s.customer_key, s.kind, s.level, s.share DESC, s.member;

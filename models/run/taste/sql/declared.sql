-- feature.taste_declared: the classes that a customer said to care for, as parts
-- of one, at every level of the tree; feature.taste_trust: how much of what
-- customers buy goes to what they said, beyond what their type buys of it, over
-- customers with twenty lines and more. It weighs the declared against the base.
CREATE OR REPLACE TABLE feature.taste_declared AS
WITH given AS (
    SELECT i.customer_key, i.weight, c.code, c.l1_code, c.l2_code, c.l3_code
    FROM core.bridge_customer_interest AS i
    JOIN core.dim_clc AS c ON c.clc_key = i.clc_key
    WHERE i.customer_key > 0 AND c.clc_key > 0 AND i.weight > 0
), placed AS (
    SELECT customer_key, 'subject' AS kind, 0 AS level, code AS member, weight FROM given
    UNION ALL SELECT customer_key, 'class', 1, l1_code, weight FROM given
    UNION ALL SELECT customer_key, 'class', 2, l2_code, weight FROM given
    UNION ALL SELECT customer_key, 'class', 3, l3_code, weight FROM given
), summed AS (
    SELECT customer_key, kind, level, member, CAST(sum(CAST(weight AS DECIMAL(18, 6))) AS DOUBLE) AS weight
    FROM placed WHERE member <> '' GROUP BY customer_key, kind, level, member
)
SELECT customer_key, kind, CAST(level AS INTEGER) AS level, member,
       weight / CAST(sum(CAST(weight AS DECIMAL(18, 6))) OVER (PARTITION BY customer_key, kind, level) AS DOUBLE) AS portion
FROM summed
ORDER BY 1, 2, 3, 4;
CREATE OR REPLACE TABLE feature.taste_trust AS
WITH each AS (
    SELECT d.customer_key, d.kind, d.level, CAST(sum(coalesce(n.weight, 0)) AS DOUBLE) / CAST(any_value(t.weight) AS DOUBLE) AS share,
           CAST(sum(CAST(coalesce(b.base, 0) AS DECIMAL(18, 12))) AS DOUBLE) AS base
    FROM feature.taste_declared AS d
    JOIN feature.taste_total AS t ON t.customer_key = d.customer_key AND t.kind = d.kind AND t.level = d.level AND t."lines" >= 20 AND t.weight > 0
    LEFT JOIN feature.taste_count AS n ON n.customer_key = d.customer_key AND n.kind = d.kind AND n.level = d.level AND n.member = d.member
    LEFT JOIN feature.taste_base AS b ON b.customer_type = t.customer_type AND b.kind = d.kind AND b.level = d.level AND b.member = d.member
    GROUP BY d.customer_key, d.kind, d.level
)
SELECT kind, level, count(*) AS customers,
       CASE WHEN count(*) >= 20 THEN least(greatest(CAST(avg(CAST(CASE WHEN base < 0.99 THEN (share - base) / (1 - base) ELSE 0 END AS DECIMAL(18, 9))) AS DOUBLE), 0), 0.9) ELSE 0 END AS trust
FROM each
GROUP BY kind, level
ORDER BY 1, 2;

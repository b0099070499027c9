-- core.bridge_title_clc: the classes of a title, from clc_primary and from its
-- subjects in the CLC scheme, each with its combined and parallel parts.
-- The primary class is the first that can be read: of clc_primary, of the
-- subject marked primary, of the others. Weights: the primary class of n counts
-- 2/(n+1), each other 1/(n+1), so that they add up to 1 for every title; a title
-- with one class has 1. Without a readable class the one row is 0
-- (unclassified), without any code -1 (unknown).
CREATE OR REPLACE TABLE core.bridge_title_clc AS
WITH given AS (
    SELECT title_id, clc_primary AS code, 0 AS place FROM stage.title WHERE clc_primary IS NOT NULL
    UNION ALL
    SELECT title_id, code, CASE WHEN is_primary THEN 1 ELSE 2 END FROM stage.title_subject WHERE lower(scheme) = 'clc'
), found AS (
    SELECT t.title_key, c.clc_key, min(g.place * 1000 + c.seq) AS place
    FROM given g
    JOIN star_title t ON t.title_id = g.title_id
    JOIN meta.clc_code c ON c.code = g.code
    GROUP BY t.title_key, c.clc_key
), counted AS (
    SELECT title_key, clc_key,
           row_number() OVER (PARTITION BY title_key ORDER BY CASE WHEN clc_key = 0 THEN 1 ELSE 0 END, place, clc_key) AS place,
           sum(CASE WHEN clc_key > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY title_key) AS classes
    FROM found
)
SELECT title_key, clc_key,
       CASE WHEN classes = 0 THEN 1.0E0
            WHEN place = 1 THEN CAST(2 AS DOUBLE) / (classes + 1)
            ELSE CAST(1 AS DOUBLE) / (classes + 1) END AS weight,
       place = 1 AS is_primary
FROM counted
WHERE clc_key > 0 OR classes = 0
UNION ALL
SELECT t.title_key, -1, 1.0E0, true
FROM star_title t
LEFT JOIN (SELECT DISTINCT title_key FROM found) f ON f.title_key = t.title_key
WHERE f.title_key IS NULL
UNION ALL
SELECT -1, -1, 1.0E0, true
ORDER BY title_key, clc_key;

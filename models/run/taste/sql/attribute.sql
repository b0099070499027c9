-- feature.taste_attribute: the attributes of titles that tastes are made of, one
-- row for each title, kind and member. The class stands at each of its levels,
-- the subject is the deepest class known. A title without a class has neither.
CREATE OR REPLACE TABLE feature.taste_attribute AS
WITH t AS (
    SELECT t.title_key, t.language, t.publisher, t.series_id, t.level, t.binding, t.price_band, t.list_ccy,
           c.code, c.l1_code, c.l2_code, c.l3_code
    FROM core.dim_title AS t
    LEFT JOIN core.dim_clc AS c ON c.clc_key = t.clc_key AND c.clc_key > 0
    WHERE t.title_key > 0
)
SELECT DISTINCT a.title_key, a.kind, CAST(a.level AS INTEGER) AS level, trim(a.member) AS member
FROM (
    SELECT title_key, 'subject' AS kind, 0 AS level, code AS member FROM t
    UNION ALL SELECT title_key, 'class', 1, l1_code FROM t
    UNION ALL SELECT title_key, 'class', 2, l2_code FROM t
    UNION ALL SELECT title_key, 'class', 3, l3_code FROM t
    UNION ALL SELECT title_key, 'language', 0, language FROM t
    UNION ALL SELECT title_key, 'publisher', 0, publisher FROM t
    UNION ALL SELECT title_key, 'series', 0, series_id FROM t
    UNION ALL SELECT title_key, 'audience', 0, level FROM t
    UNION ALL SELECT title_key, 'binding', 0, binding FROM t
    UNION ALL SELECT title_key, 'price_band', 0, price_band FROM t
    UNION ALL SELECT title_key, 'currency', 0, list_ccy FROM t
    UNION ALL SELECT title_key, 'author', 0, name FROM core.bridge_title_contributor WHERE title_key > 0 AND role = 'author'
) AS a
WHERE trim(a.member) <> ''
ORDER BY 1, 2, 3, 4;

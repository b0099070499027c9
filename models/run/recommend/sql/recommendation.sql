-- A part of the lists: what was ranked, with its reasons in words. Numbers in
-- reasons are those of the data, never of a score.
INSERT INTO score.recommendation
WITH line AS (
    SELECT f.*, c.employee_key, c.geo_key, t.clc_key, t.publisher_key, t.class AS title_class,
           r1.title AS name_1, coalesce(r1.title_zh, r1.title) AS name_1_zh, r2.title AS name_2, coalesce(r2.title_zh, r2.title) AS name_2_zh, t.author
    FROM temp.main.fitted AS f
    INNER JOIN feature.offer_customer AS c ON c.customer_key = f.customer_key
    INNER JOIN feature.offer_title AS t ON t.title_key = f.title_key
    LEFT JOIN core.dim_title AS r1 ON r1.title_key = f.key_1
    LEFT JOIN core.dim_title AS r2 ON r2.title_key = f.key_2
)
SELECT CAST(l.customer_key AS INTEGER), CAST(l.geo_key AS INTEGER), CAST(l.employee_key AS INTEGER), CASE l.list WHEN 0 THEN 'stock' ELSE 'new' END, CAST(l.rank AS INTEGER), CAST(l.title_key AS INTEGER), CAST(l.clc_key AS INTEGER),
       CAST(l.publisher_key AS INTEGER), l.date_key, l.score, CASE l.model WHEN 0 THEN 'blend' WHEN 1 THEN 'attributes' ELSE 'type' END, l.is_next,
       CASE WHEN {en_2} IS NULL THEN {en_1} ELSE {en_1} || '; ' || {en_2} END,
       CASE WHEN {zh_2} IS NULL THEN {zh_1} ELSE {zh_1} || '；' || {zh_2} END, l.is_holdout
FROM (SELECT l.*, CAST($1 AS INTEGER) AS date_key FROM line AS l) AS l
ORDER BY l.customer_key, l.list, l.rank

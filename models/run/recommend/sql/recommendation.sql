-- score.recommendation: the lists, a row for each customer, list and place, with
-- reasons in words. Numbers in reasons are those of the data, never of a score.
CREATE OR REPLACE TABLE score.recommendation AS
WITH line AS (
    SELECT f.*, c.employee_key, c.geo_key, t.clc_key, t.publisher_key, t.class AS title_class,
           r1.title AS name_1, coalesce(r1.title_zh, r1.title) AS name_1_zh, r2.title AS name_2, coalesce(r2.title_zh, r2.title) AS name_2_zh, t.author
    FROM temp.main.offer_line AS f
    INNER JOIN feature.offer_customer AS c ON c.customer_key = f.customer_key
    INNER JOIN feature.offer_title AS t ON t.title_key = f.title_key
    LEFT JOIN core.dim_title AS r1 ON r1.title_key = f.key_1
    LEFT JOIN core.dim_title AS r2 ON r2.title_key = f.key_2
), said AS (
    SELECT l.*, {en_1} AS en_1, {en_2} AS en_2, {zh_1} AS zh_1, {zh_2} AS zh_2 FROM line AS l
)
SELECT CAST(s.customer_key AS INTEGER) AS customer_key, CAST(s.geo_key AS INTEGER) AS geo_key, CAST(s.employee_key AS INTEGER) AS employee_key,
       CASE s.list WHEN 0 THEN 'stock' ELSE 'new' END AS list, CAST(s.rank AS INTEGER) AS rank, CAST(s.title_key AS INTEGER) AS title_key,
       CAST(s.clc_key AS INTEGER) AS clc_key, CAST(s.publisher_key AS INTEGER) AS publisher_key, CAST($1 AS INTEGER) AS date_key, s.score,
       CASE s.model WHEN 0 THEN 'blend' WHEN 1 THEN 'attributes' ELSE 'type' END AS model, s.is_next,
       s.en_1 || coalesce('; ' || s.en_2, '') AS reason_en, s.zh_1 || coalesce('；' || s.zh_2, '') AS reason_zh, s.is_holdout
FROM said AS s
ORDER BY s.customer_key, list, s.rank

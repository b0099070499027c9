-- feature.basket_item: what stands in baskets, by level: titles, classes (the
-- reporting buckets), subjects (classes to the third level) and series, each
-- numbered by a key of the star: its title, its first class, its first title.
CREATE OR REPLACE TABLE feature.basket_item AS
WITH class AS (
    SELECT min(c.clc_key) AS item, c.bucket AS code, min(c.bucket_name_en) AS name, min(c.bucket_name_zh) AS name_zh
    FROM core.dim_clc AS c
    WHERE c.clc_key <> -1 AND c.bucket IS NOT NULL
    GROUP BY c.bucket
), subject AS (
    SELECT c.clc_key AS item, c.code, c.name_en AS name, c.name_zh
    FROM core.dim_clc AS c
    WHERE c.clc_key <> -1 AND c.code = coalesce(c.l3_code, c.l2_code, c.l1_code)
), title AS (
    SELECT t.title_key AS item, coalesce(t.isbn13, t.title_id) AS code, t.title AS name, coalesce(t.title_zh, t.title) AS name_zh
    FROM core.dim_title AS t
    WHERE t.title_key <> -1
), series AS (
    SELECT min(t.title_key) AS item, t.series_id AS code
    FROM core.dim_title AS t
    WHERE t.title_key <> -1 AND t.series_id IS NOT NULL
    GROUP BY t.series_id
), item AS (
    SELECT 'title' AS kind, item, code, name, name_zh FROM title
    UNION ALL
    SELECT 'class' AS kind, item, code, name, name_zh FROM class
    UNION ALL
    SELECT 'subject' AS kind, item, code, name, name_zh FROM subject
    UNION ALL
    SELECT 'series' AS kind, s.item, s.code, t.name, t.name_zh FROM series AS s INNER JOIN title AS t ON t.item = s.item
)
SELECT i.kind, i.item, i.code, coalesce(i.name, i.code) AS name, coalesce(i.name_zh, i.name, i.code) AS name_zh
FROM item AS i
ORDER BY i.kind, i.item

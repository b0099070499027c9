-- feature.demand_member: what is forecast: the whole, and the members of every
-- way to divide it. level_no counts the ways from 1, with 0 for the whole;
-- member_no counts all members, ways one after another.
WITH named AS (
    SELECT 0 AS level_no, 'total' AS "level", '(total)' AS member, '(total)' AS name, '合计' AS name_zh
    WHERE EXISTS (SELECT 1 AS "one" FROM feature.demand_cell)
    UNION ALL
    SELECT 1, 'class', d.bucket, coalesce(min(c.bucket_name_en), d.bucket), coalesce(min(c.bucket_name_zh), d.bucket)
    FROM (SELECT DISTINCT bucket FROM feature.demand_cell) AS d
    LEFT JOIN core.dim_clc AS c ON c.bucket = d.bucket
    GROUP BY d.bucket
    UNION ALL
    SELECT 2, 'publisher', CASE WHEN d.publisher_key = -2 THEN '(others)' ELSE coalesce(s.supplier_id, CAST(d.publisher_key AS VARCHAR)) END,
           CASE WHEN d.publisher_key = -2 THEN '(others)' ELSE coalesce(s.name, s.supplier_id, CAST(d.publisher_key AS VARCHAR)) END,
           CASE WHEN d.publisher_key = -2 THEN '（其他）' ELSE coalesce(s.name, s.supplier_id, CAST(d.publisher_key AS VARCHAR)) END
    FROM (SELECT DISTINCT publisher_key FROM feature.demand_cell) AS d
    LEFT JOIN core.dim_supplier AS s ON s.supplier_key = d.publisher_key
    UNION ALL
    SELECT 3, 'title_level', d.title_level, d.title_level, d.title_level FROM (SELECT DISTINCT title_level FROM feature.demand_cell) AS d
    UNION ALL
    SELECT 4, 'language', d.language, d.language, d.language FROM (SELECT DISTINCT language FROM feature.demand_cell) AS d
    UNION ALL
    SELECT 5, 'textbook', d.textbook, d.textbook, CASE WHEN d.textbook = 'textbook' THEN '教材' ELSE '非教材' END FROM (SELECT DISTINCT textbook FROM feature.demand_cell) AS d
)
SELECT CAST(row_number() OVER (ORDER BY n.level_no, n.member) - 1 AS INTEGER) AS "member_no", n.level_no, n."level", n.member, n.name, n.name_zh
FROM named AS n
ORDER BY "member_no"

-- feature.demand: copies and net sales of every member in every whole month in
-- which it sold.
WITH part AS (
    SELECT 0 AS level_no, '(total)' AS member, c.month_no, c.copies, c.net FROM feature.demand_cell AS c
    UNION ALL
    SELECT 1, c.bucket, c.month_no, c.copies, c.net FROM feature.demand_cell AS c
    UNION ALL
    SELECT 2, CASE WHEN c.publisher_key = -2 THEN '(others)' ELSE coalesce(s.supplier_id, CAST(c.publisher_key AS VARCHAR)) END, c.month_no, c.copies, c.net
    FROM feature.demand_cell AS c
    LEFT JOIN core.dim_supplier AS s ON s.supplier_key = c.publisher_key
    UNION ALL
    SELECT 3, c.title_level, c.month_no, c.copies, c.net FROM feature.demand_cell AS c
    UNION ALL
    SELECT 4, c.language, c.month_no, c.copies, c.net FROM feature.demand_cell AS c
    UNION ALL
    SELECT 5, c.textbook, c.month_no, c.copies, c.net FROM feature.demand_cell AS c
)
SELECT m.member_no, p.month_no, CAST(sum(p.copies) AS BIGINT) AS "copies", CAST(sum(p.net) AS DECIMAL(18, 4)) AS "net"
FROM part AS p
INNER JOIN feature.demand_member AS m ON m.level_no = p.level_no AND m.member = p.member
GROUP BY m.member_no, p.month_no
ORDER BY m.member_no, p.month_no

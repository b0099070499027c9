-- feature.demand_cell: what was ordered in every whole month, by subject, publisher
-- (those forecast one by one, the others together) and kind of title.
--   copies, net  copies ordered less cancelled, and their value
WITH kind AS (
    SELECT t.title_key, coalesce(t.level, '(none)') AS title_level, coalesce(t.language, '(none)') AS language, CASE WHEN t.is_textbook THEN 'textbook' ELSE 'other' END AS textbook,
           dense_rank() OVER (ORDER BY coalesce(t.level, '(none)'), coalesce(t.language, '(none)'), CASE WHEN t.is_textbook THEN 'textbook' ELSE 'other' END) AS kind_no
    FROM core.dim_title AS t
), named AS (
    SELECT DISTINCT k.kind_no, k.title_level, k.language, k.textbook FROM kind AS k
), part AS (
    SELECT CAST(EXTRACT(year FROM l.order_date) * 12 + EXTRACT(month FROM l.order_date) - 1 AS INTEGER) AS month_no, l.clc_key, coalesce(p.publisher_key, -2) AS publisher_key, k.kind_no,
           sum(l.qty) AS copies, sum(l.net) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN feature.demand_span AS s
    LEFT JOIN feature.demand_publisher AS p ON p.publisher_key = l.publisher_key
    LEFT JOIN kind AS k ON k.title_key = l.title_key
    WHERE l.order_date >= s.from_date AND l.order_date < s.end_date
    GROUP BY CAST(EXTRACT(year FROM l.order_date) * 12 + EXTRACT(month FROM l.order_date) - 1 AS INTEGER), l.clc_key, coalesce(p.publisher_key, -2), k.kind_no
)
SELECT a.month_no, coalesce(c.bucket, '(unknown)') AS "bucket", a.publisher_key,
       coalesce(n.title_level, '(none)') AS "title_level", coalesce(n.language, '(none)') AS "language", coalesce(n.textbook, 'other') AS "textbook",
       CAST(sum(a.copies) AS BIGINT) AS "copies", CAST(sum(a.net) AS DECIMAL(18, 4)) AS "net"
FROM part AS a
LEFT JOIN core.dim_clc AS c ON c.clc_key = a.clc_key
LEFT JOIN named AS n ON n.kind_no = a.kind_no
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 4, 5, 6

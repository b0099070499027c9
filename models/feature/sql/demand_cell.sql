-- feature.demand_cell: what was ordered in every whole month, by subject, publisher
-- (those forecast one by one, the others together) and kind of title.
--   copies, net  copies ordered less cancelled, and their value
SELECT CAST(EXTRACT(year FROM l.order_date) * 12 + EXTRACT(month FROM l.order_date) - 1 AS INTEGER) AS "month_no",
       coalesce(c.bucket, '(unknown)') AS "bucket", coalesce(p.publisher_key, -2) AS "publisher_key",
       coalesce(t.level, '(none)') AS "title_level", coalesce(t.language, '(none)') AS "language",
       CASE WHEN t.is_textbook THEN 'textbook' ELSE 'other' END AS "textbook",
       CAST(sum(l.qty) AS BIGINT) AS "copies", CAST(sum(l.net) AS DECIMAL(18, 4)) AS "net"
FROM core.fact_order_line AS l
CROSS JOIN feature.demand_span AS s
LEFT JOIN core.dim_clc AS c ON c.clc_key = l.clc_key
LEFT JOIN feature.demand_publisher AS p ON p.publisher_key = l.publisher_key
LEFT JOIN core.dim_title AS t ON t.title_key = l.title_key
WHERE l.order_date >= s.from_date AND l.order_date < s.end_date
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY 1, 2, 3, 4, 5, 6

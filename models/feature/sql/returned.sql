-- feature.returned: what customers sent back in the calendar months from the
-- given one to that of the as-of date, by class and region.
--   returned   value credited
--   recovered  what those copies had cost; nothing for copies scrapped. Where the
--              line they were sold on, or its cost, is not known, at the
--              company's ratio of cost to net sales, which is a guess:
--   guessed    value credited of the copies taken at that ratio
WITH ratio AS (
    SELECT CAST(sum(l.cost) AS DOUBLE) / CAST(sum(l.net) AS DOUBLE) AS cost_ratio
    FROM core.fact_order_line AS l
    WHERE l.cost IS NOT NULL AND l.net > 0
), back AS (
    SELECT r.customer_key, r.clc_key, r.geo_key, r.value, r.qty, coalesce(r.disposition = 'scrap', false) AS is_scrapped,
           CASE WHEN NOT r.from_order_line THEN r.line_id END AS line_id
    FROM core.fact_return AS r
    CROSS JOIN meta.run AS n
    WHERE r.return_date >= CAST(? AS DATE) AND r.return_date < CAST(date_trunc('month', n.as_of) + INTERVAL 1 MONTH AS DATE) AND r.customer_key <> -1
)
SELECT b.customer_key, b.clc_key, b.geo_key, CAST(sum(b.value) AS DECIMAL(18, 4)) AS "returned",
       CAST(sum(CASE WHEN b.is_scrapped THEN 0
                     WHEN l.cost IS NOT NULL AND l.qty > 0 THEN CAST(CAST(l.cost AS DOUBLE) / l.qty * b.qty AS DECIMAL(18, 4))
                     ELSE CAST(CAST(b.value AS DOUBLE) * coalesce(q.cost_ratio, 0) AS DECIMAL(18, 4)) END) AS DECIMAL(18, 4)) AS "recovered",
       CAST(sum(CASE WHEN b.is_scrapped OR l.cost IS NOT NULL AND l.qty > 0 THEN 0 ELSE b.value END) AS DECIMAL(18, 4)) AS "guessed"
FROM back AS b
CROSS JOIN ratio AS q
LEFT JOIN core.fact_order_line AS l ON l.line_id = b.line_id
GROUP BY b.customer_key, b.clc_key, b.geo_key
ORDER BY b.customer_key, b.clc_key, b.geo_key

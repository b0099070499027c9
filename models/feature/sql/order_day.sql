-- feature.order_day: what a known customer ordered on a day up to the as-of date.
--   margin  of the copies not sent back since; NULL where no cost is known
WITH returned AS (
    SELECT b.line_id, CAST(sum(b.qty) AS INTEGER) AS qty
    FROM core.fact_return AS b
    CROSS JOIN meta.run AS r
    WHERE NOT b.from_order_line AND b.line_id IS NOT NULL AND b.return_date <= r.as_of
    GROUP BY b.line_id
)
SELECT l.customer_key, l.order_date, CAST(count(DISTINCT l.order_key) AS INTEGER) AS "orders", CAST(count(*) AS INTEGER) AS "lines",
       CAST(sum(l.net) AS DECIMAL(18, 4)) AS "net",
       CAST(sum(CASE WHEN l.margin IS NOT NULL THEN l.net END) AS DECIMAL(18, 4)) AS "net_costed",
       CAST(sum(CASE WHEN b.qty IS NULL THEN coalesce(l.gross_margin, l.margin)
                     ELSE CAST(CAST(coalesce(l.gross_margin, l.margin) AS DOUBLE) * greatest(l.qty - b.qty, 0) / l.qty AS DECIMAL(18, 4)) END) AS DECIMAL(18, 4)) AS "margin"
FROM core.fact_order_line AS l
CROSS JOIN meta.run AS r
LEFT JOIN returned AS b ON b.line_id = l.line_id
WHERE l.customer_key <> -1 AND l.order_date <= r.as_of AND l.qty > 0
GROUP BY l.customer_key, l.order_date
ORDER BY l.customer_key, l.order_date

-- feature.purchase_day: what a known customer bought on a day, net, less what it
-- sent back on it, up to the as-of date. One row per customer and day.
--   order_day  days since 1970-01-01
SELECT m.customer_key, CAST(m.order_date - DATE '1970-01-01' AS INTEGER) AS "order_day", CAST(sum(m.amount) AS DECIMAL(18, 4)) AS "amount"
FROM (
    SELECT l.customer_key, l.order_date, l.net AS amount
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.customer_key <> -1 AND l.order_date <= r.as_of AND l.qty > 0
    UNION ALL
    SELECT b.customer_key, b.return_date, -b.value
    FROM core.fact_return AS b
    CROSS JOIN meta.run AS r
    WHERE b.customer_key <> -1 AND b.return_date <= r.as_of
) AS m
GROUP BY m.customer_key, m.order_date
ORDER BY m.customer_key, m.order_date

-- feature.purchase_price: what customers paid and took, against what is usual for
-- the title, of so many customers at most (second argument) with so many purchases
-- at least (first), drawn in an order that is as good as random. Prices more than
-- threefold off are for something else and left out.
--   ratio     net price of a copy ÷ median of the title
--   quantity  copies ÷ median of the title
WITH line AS (
    SELECT l.customer_key, l.title_key, l.line_id, l.order_date, l.qty, CAST(l.net AS DOUBLE) / l.qty AS unit
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.qty > 0 AND l.net > 0 AND l.customer_key <> -1 AND l.title_key <> -1 AND l.order_date <= r.as_of
), usual AS (
    SELECT l.title_key, median(l.unit) AS unit, median(CAST(l.qty AS DOUBLE)) AS qty
    FROM line AS l
    GROUP BY l.title_key
    HAVING count(*) >= 3
), relative AS (
    SELECT l.customer_key, l.order_date, l.line_id, l.unit / u.unit AS ratio, l.qty / u.qty AS quantity
    FROM line AS l
    INNER JOIN usual AS u ON u.title_key = l.title_key
    WHERE l.unit <= 3 * u.unit AND u.unit <= 3 * l.unit
), buyer AS (
    SELECT v.customer_key, row_number() OVER (ORDER BY (CAST(v.customer_key AS BIGINT) * 2654435761) % 4294967296, v.customer_key) AS place
    FROM relative AS v
    GROUP BY v.customer_key
    HAVING count(*) >= CAST(? AS INTEGER)
)
SELECT v.customer_key, v.order_date, v.line_id, v.ratio, v.quantity
FROM relative AS v
INNER JOIN buyer AS b ON b.customer_key = v.customer_key
WHERE b.place <= CAST(? AS INTEGER)
ORDER BY v.customer_key, v.order_date, v.line_id

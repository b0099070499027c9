-- feature.customer_margin: the margin rate of every known customer that bought,
-- its own type's margin after landed cost as a share of net sales, over all time
-- and where the cost is known; NULL where it is not.
--   type_no  number of the customer's type, 0 for none
WITH kind AS (
    SELECT t.customer_type, row_number() OVER (ORDER BY t.customer_type) AS type_no
    FROM (SELECT DISTINCT customer_type FROM core.dim_customer WHERE customer_type IS NOT NULL AND customer_key <> -1) AS t
), sold AS (
    SELECT l.customer_key, sum(coalesce(l.gross_margin, l.margin)) AS margin, sum(CASE WHEN l.cost IS NOT NULL THEN l.net END) AS net
    FROM core.fact_order_line AS l
    CROSS JOIN meta.run AS r
    WHERE l.customer_key <> -1 AND l.order_date <= r.as_of
    GROUP BY l.customer_key
), typed AS (
    SELECT s.customer_key, coalesce(k.type_no, 0) AS type_no, coalesce(c.customer_type, '') AS customer_type, s.margin, s.net
    FROM sold AS s
    INNER JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
    LEFT JOIN kind AS k ON k.customer_type = c.customer_type
)
SELECT t.customer_key, t.type_no, t.customer_type,
       CASE WHEN sum(t.net) OVER of_type > 0 THEN CAST(sum(t.margin) OVER of_type AS DOUBLE) / CAST(sum(t.net) OVER of_type AS DOUBLE) END AS "margin_rate"
FROM typed AS t
WINDOW of_type AS (PARTITION BY t.type_no)
ORDER BY t.customer_key

-- feature.taste_line: the order lines that customers kept, by customer, title and
-- day, up to the as-of date. A line counts once however many copies it has;
-- one cancelled or returned to the last copy does not count. weight is its
-- decay: half after so many days.
CREATE OR REPLACE TABLE feature.taste_line AS
WITH back AS (
    SELECT line_id, sum(qty) AS qty FROM core.fact_return WHERE return_date <= CAST(? AS DATE) GROUP BY line_id
)
SELECT l.customer_key, l.title_key, l.order_date AS day, CAST(count(*) AS INTEGER) AS "lines",
       CAST(count(*) * power(2.0, -greatest(date_diff('day', l.order_date, CAST(? AS DATE)), 0) / CAST(? AS DOUBLE)) AS DECIMAL(18, 9)) AS weight
FROM core.fact_order_line AS l
LEFT JOIN back AS b ON b.line_id = l.line_id
WHERE l.customer_key > 0 AND l.title_key > 0 AND l.order_date <= CAST(? AS DATE)
  AND l.qty - coalesce(l.qty_cancelled, 0) - coalesce(b.qty, 0) > 0
GROUP BY l.customer_key, l.title_key, l.order_date
ORDER BY 1, 2, 3;

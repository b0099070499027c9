-- feature.churn_day: the days on which known customers ordered, up to the as-of
-- date, as they were on that day: copies cancelled later count as ordered. Every
-- column looks back only, so the rows up to a day are those that a warehouse of
-- that day had.
--   day    days since 1970-01-01
--   gap    days since the order day before; NULL for the first
--   fresh  lines of titles it had not ordered before
--   value  net of what was ordered; listed the same before discounts. An order
--          cancelled in full counts as a day and has no value
--   employee_key  who sold
SELECT d.customer_key, d.day, d.day - lag(d.day) OVER (PARTITION BY d.customer_key ORDER BY d.day) AS gap,
       d.orders, d.lines, d.fresh, d.textbooks, d.copies, d.value, d.listed, d.employee_key
FROM (
    SELECT l.customer_key, CAST(l.order_date - DATE '1970-01-01' AS INTEGER) AS day,
           CAST(count(DISTINCT l.order_key) AS INTEGER) AS orders, CAST(count(*) AS INTEGER) AS lines,
           CAST(sum(CASE WHEN l.place = 1 AND l.title_key <> -1 THEN 1 ELSE 0 END) AS INTEGER) AS fresh,
           CAST(sum(CASE WHEN l.is_textbook THEN 1 ELSE 0 END) AS INTEGER) AS textbooks,
           sum(CAST(l.qty + coalesce(l.qty_cancelled, 0) AS BIGINT)) AS copies,
           sum(CASE WHEN l.qty > 0 THEN CAST(CAST(l.net AS DOUBLE) * CAST(l.qty + coalesce(l.qty_cancelled, 0) AS DOUBLE) / CAST(l.qty AS DOUBLE) AS DECIMAL(18, 2)) ELSE 0 END) AS value,
           sum(CASE WHEN l.qty > 0 THEN CAST(CAST(l.gross AS DOUBLE) * CAST(l.qty + coalesce(l.qty_cancelled, 0) AS DOUBLE) / CAST(l.qty AS DOUBLE) AS DECIMAL(18, 2)) ELSE 0 END) AS listed,
           max(CASE WHEN l.employee_key <> -1 THEN l.employee_key END) AS employee_key
    FROM (
        SELECT f.customer_key, f.order_date, f.order_key, f.title_key, f.employee_key, f.is_textbook, f.qty, f.qty_cancelled, f.net, f.gross,
               row_number() OVER (PARTITION BY f.customer_key, f.title_key ORDER BY f.order_date, f.line_id) AS place
        FROM core.fact_order_line AS f
        CROSS JOIN meta.run AS r
        WHERE f.customer_key <> -1 AND f.order_date <= r.as_of AND f.qty + coalesce(f.qty_cancelled, 0) > 0 AND (f.net > 0 OR f.qty = 0)
    ) AS l
    GROUP BY l.customer_key, CAST(l.order_date - DATE '1970-01-01' AS INTEGER)
) AS d
ORDER BY d.customer_key, d.day

-- feature.title_sales: what every title sold from the given day to the as-of
-- date, one row per title that sold or came back.
--   margin      of the lines whose cost is known, after freight, duty and handling
--               where those are known; net_costed their sales
--   copies_returned, value_returned   of the lines of the period, whenever they came
--               back up to the as-of date; a return whose line is not known counts
--               on its own day
CREATE OR REPLACE TABLE feature.title_sales AS
WITH span AS (
    SELECT CAST(? AS DATE) AS from_date, r.as_of
    FROM meta.run AS r
), sold AS (
    SELECT l.title_key, count(DISTINCT l.order_key) AS orders, count(*) AS lines, sum(l.qty) AS copies, sum(l.net) AS net,
           sum(coalesce(l.gross_margin, l.margin)) AS margin, sum(CASE WHEN coalesce(l.gross_margin, l.margin) IS NOT NULL THEN l.net END) AS net_costed,
           sum(CASE WHEN l.order_date > s.as_of - 90 THEN l.qty ELSE 0 END) AS copies_90
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.title_key <> -1 AND l.qty > 0 AND l.order_date >= s.from_date AND l.order_date <= s.as_of
    GROUP BY l.title_key
), returned AS (
    SELECT r.title_key, r.qty, r.value, r.return_date, CASE WHEN NOT coalesce(r.from_order_line, false) THEN r.line_id END AS line_id
    FROM core.fact_return AS r
    CROSS JOIN span AS s
    WHERE r.title_key <> -1 AND r.return_date >= s.from_date AND r.return_date <= s.as_of
), back AS (
    SELECT r.title_key, sum(r.qty) AS copies, sum(r.value) AS value
    FROM returned AS r
    CROSS JOIN span AS s
    LEFT JOIN core.fact_order_line AS l ON l.line_id = r.line_id
    WHERE coalesce(l.order_date, r.return_date) >= s.from_date AND coalesce(l.order_date, r.return_date) <= s.as_of
    GROUP BY r.title_key
)
SELECT coalesce(a.title_key, b.title_key) AS title_key, CAST(coalesce(a.orders, 0) AS INTEGER) AS orders, CAST(coalesce(a.lines, 0) AS INTEGER) AS lines,
       CAST(coalesce(a.copies, 0) AS BIGINT) AS copies, CAST(coalesce(a.net, 0) AS DECIMAL(18, 4)) AS net, CAST(a.margin AS DECIMAL(18, 4)) AS margin,
       CAST(a.net_costed AS DECIMAL(18, 4)) AS net_costed, CAST(coalesce(a.copies_90, 0) AS BIGINT) AS copies_90,
       CAST(coalesce(b.copies, 0) AS BIGINT) AS copies_returned, CAST(coalesce(b.value, 0) AS DECIMAL(18, 4)) AS value_returned
FROM sold AS a
FULL JOIN back AS b ON b.title_key = a.title_key
ORDER BY 1

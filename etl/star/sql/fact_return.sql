-- core.fact_return: stage.return_line, and order lines with a negative quantity.
-- A return without value takes the net value per copy of the line it was sold on.
-- What a return does not say itself (channel, salesperson, region, order) comes
-- from that line, else the region from the customer. The customer is as it was
-- when that line was ordered, else on the day of the return.
CREATE OR REPLACE TEMP TABLE star_return AS
WITH sold AS (
    SELECT f.line_id, f.order_date, f.order_key, f.customer_key, f.title_key, f.clc_key, f.geo_key, f.channel_key, f.employee_key, f.publisher_key,
           f.net, f.qty
    FROM core.fact_order_line f
    JOIN (SELECT DISTINCT line_id FROM due.return_line) r ON r.line_id = f.line_id
), valued AS (
    SELECT r.return_id, r.line_id, r.return_date, r.qty, r.reason, r.disposition, r.source, r._row,
           coalesce(c.customer_key, s.customer_key, -1) AS customer_key,
           coalesce(t.title_key, s.title_key, -1) AS title_key,
           CASE WHEN t.title_key IS NOT NULL THEN t.clc_key ELSE coalesce(s.clc_key, -1) END AS clc_key,
           CASE WHEN t.title_key IS NOT NULL THEN t.publisher_key ELSE coalesce(s.publisher_key, -1) END AS publisher_key,
           coalesce(s.geo_key, c.geo_key, -1) AS geo_key,
           coalesce(s.channel_key, -1) AS channel_key,
           coalesce(s.employee_key, -1) AS employee_key,
           coalesce(s.order_key, -1) AS order_key, s.order_date AS sold_date,
           coalesce(r.value_cny, CASE WHEN s.qty > 0 THEN CAST(CAST(s.net AS DOUBLE) / s.qty * r.qty AS DECIMAL(18, 4)) END) AS value,
           coalesce(r.is_deleted, false) AS is_deleted,
           EXTRACT(year FROM r.return_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated
    FROM due.return_line r
    CROSS JOIN meta.star_parameter p
    LEFT JOIN sold s ON s.line_id = r.line_id
    LEFT JOIN star_customer_map c ON c.customer_id = r.customer_id
    LEFT JOIN star_title_map t ON t.title_id = r.title_id
)
SELECT r.return_id, r.line_id, r.return_date, r.qty, r.reason, r.disposition, r.source, r._row, r.customer_key, r.title_key, r.clc_key, r.publisher_key,
       r.geo_key, r.channel_key, r.employee_key, r.order_key, coalesce(v.version_key, -1) AS customer_version_key, r.value,
       CASE WHEN is_deleted THEN 'deleted in source'
            WHEN NOT coalesce(is_dated, false) THEN 'return_date: outside the calendar'
            WHEN value IS NULL THEN 'value_cny: missing' END AS refused
FROM valued r
LEFT JOIN core.dim_customer_version v
  ON v.customer_key = r.customer_key AND coalesce(r.sold_date, r.return_date) >= v.valid_from AND coalesce(r.sold_date, r.return_date) < v.valid_to;

CREATE OR REPLACE TABLE core.fact_return AS
WITH negative AS (
    SELECT l.line_id, o.date_key, o.order_date, o.customer_key,
           coalesce(t.title_key, -1) AS title_key, coalesce(t.clc_key, -1) AS clc_key, o.geo_key, o.channel_key, o.employee_key,
           coalesce(t.publisher_key, -1) AS publisher_key, o.order_key, o.customer_version_key, -l.qty_ordered AS qty, o.rate, l.discount_pct,
           CAST(CAST(-l.qty_ordered AS DECIMAL(20, 0)) * l.unit_price * o.rate AS DECIMAL(18, 4)) AS gross,
           l.cancel_reason, l.source, l._row
    FROM due.order_line l
    JOIN star_order o ON o.order_id = l.order_id AND o.refused IS NULL
    LEFT JOIN star_title_map t ON t.title_id = l.title_id
    WHERE l.qty_ordered < 0 AND NOT coalesce(l.is_deleted, false)
      AND CAST(l.qty_ordered AS DOUBLE) * CAST(l.unit_price AS DOUBLE) * o.largest_rate BETWEEN -9E13 AND 9E13
)
SELECT return_id, line_id,
       CAST(EXTRACT(year FROM return_date) * 10000 + EXTRACT(month FROM return_date) * 100 + EXTRACT(day FROM return_date) AS INTEGER) AS date_key,
       return_date, customer_key, title_key, clc_key, geo_key, channel_key, employee_key, publisher_key, order_key,
       customer_version_key, qty, CAST(value AS DECIMAL(18, 4)) AS value, reason, disposition, false AS from_order_line, source, _row AS source_row
FROM star_return
WHERE refused IS NULL
UNION ALL
SELECT line_id, line_id, date_key, order_date, customer_key, title_key, clc_key, geo_key, channel_key, employee_key, publisher_key, order_key,
       customer_version_key, qty, CAST(CAST(gross AS DECIMAL(28, 4)) * (100 - coalesce(discount_pct, 0)) * 0.01 AS DECIMAL(18, 4)), cancel_reason, NULL, true, source, _row
FROM negative
ORDER BY return_date, from_order_line, return_id;

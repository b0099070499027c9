-- What a line needs of its order. An order without currency is in report
-- currency. rate is null where the currency has none on that day; an order
-- dated outside 1900 to the year after the as-of date has no place in the calendar.
-- Orders are numbered by themselves: sorted with all they carry, they would
-- take twice the time.
CREATE OR REPLACE TEMP TABLE star_order AS
WITH dated AS (
    SELECT h.order_id, h.order_no, h.customer_id, CAST(h.order_date AS DATE) AS order_date,
           lower(h.entry_channel) AS entry_channel, h.salesperson_id, h.campaign_id, coalesce(h.ccy, p.currency) AS ccy, p.currency,
           h.ship_to_region, coalesce(h.is_rush, false) AS is_rush, h.status, coalesce(h.is_deleted, false) AS is_deleted,
           EXTRACT(year FROM h.order_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated
    FROM stage.order_header h
    CROSS JOIN meta.star_parameter p
), numbered AS (
    SELECT order_id, CAST(row_number() OVER (ORDER BY CAST(order_date AS DATE), order_id) AS INTEGER) AS order_key
    FROM stage.order_header
)
SELECT d.order_id,
       n.order_key,
       d.order_no, d.order_date,
       CAST(EXTRACT(year FROM d.order_date) * 10000 + EXTRACT(month FROM d.order_date) * 100 + EXTRACT(day FROM d.order_date) AS INTEGER) AS date_key,
       coalesce(c.customer_key, -1) AS customer_key,
       coalesce(g.geo_key, c.geo_key, -1) AS geo_key,
       coalesce(e.channel_key, -1) AS channel_key,
       coalesce(s.employee_key, -1) AS employee_key,
       coalesce(y.currency_key, -1) AS currency_key,
       coalesce(k.campaign_key, -1) AS campaign_key,
       d.ccy,
       CASE WHEN d.ccy = d.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.rate END AS rate,
       CAST(CASE WHEN d.ccy <> d.currency AND r.rate > 1 THEN r.rate ELSE 1 END AS DOUBLE) AS largest_rate,
       d.is_rush, d.status,
       CASE WHEN d.is_deleted THEN 'order deleted in source'
            WHEN NOT coalesce(d.is_dated, false) THEN 'order_date: outside the calendar'
            WHEN d.ccy <> d.currency AND r.rate IS NULL THEN 'no rate' END AS refused
FROM dated d
JOIN numbered n ON n.order_id = d.order_id
LEFT JOIN star_customer_map c ON c.customer_id = d.customer_id
LEFT JOIN core.dim_geo g ON g.region_code = d.ship_to_region
LEFT JOIN core.dim_channel e ON e.channel_id = d.entry_channel
LEFT JOIN star_employee s ON s.employee_id = d.salesperson_id
LEFT JOIN core.dim_currency y ON y.ccy = d.ccy
LEFT JOIN star_campaign k ON k.campaign_id = d.campaign_id
LEFT JOIN star_rate_day r ON r.ccy = d.ccy AND r.day = d.order_date;

-- feature.campaign_customer: what was known of the customers of
-- feature.campaign_pair the day before their campaign, and what they did after.
--   type_no       number of the customer type, 0 for none
--   orders_90, orders_365, orders_before  orders of so many days before; of the two years before the last one
--   ticket        mean net value of an order of the last year; NULL without one
--   silence, tenure  days since the last and the first order; NULL before it
--   attended      responses to earlier events of the kind; 0 for other campaigns
--   sends         other kinds of campaign sent to it in the 60 days before
--   ordered, lines, margin  in the window of the campaign
--   lines_1, margin_1, lines_2, margin_2  the days it is held against
--   lines_after  in a second window of the same length; NULL before it is over
WITH kind AS (
    SELECT t.customer_type, row_number() OVER (ORDER BY t.customer_type) AS type_no
    FROM (SELECT DISTINCT customer_type FROM core.dim_customer WHERE customer_type IS NOT NULL AND customer_key <> -1) AS t
), pair AS (
    SELECT p.campaign_key, p.customer_key, p.arm, f.from_date, f.to_date, f.from_1, f.to_1, f.from_2, f.to_2, CAST(f.to_date - f.from_date + 1 AS INTEGER) AS days
    FROM feature.campaign_pair AS p
    INNER JOIN feature.campaign AS f ON f.campaign_key = p.campaign_key
), bought AS (
    SELECT p.campaign_key, p.customer_key,
           sum(CASE WHEN o.order_date < p.from_date AND o.order_date >= p.from_date - 90 THEN o.orders ELSE 0 END) AS orders_90,
           sum(CASE WHEN o.order_date < p.from_date AND o.order_date >= p.from_date - 365 THEN o.orders ELSE 0 END) AS orders_365,
           sum(CASE WHEN o.order_date < p.from_date - 365 AND o.order_date >= p.from_date - 1095 THEN o.orders ELSE 0 END) AS orders_before,
           sum(CASE WHEN o.order_date < p.from_date AND o.order_date >= p.from_date - 365 THEN o.net ELSE 0 END) AS net_365,
           max(CASE WHEN o.order_date < p.from_date THEN o.order_date END) AS last_date,
           min(CASE WHEN o.order_date < p.from_date THEN o.order_date END) AS first_date,
           sum(CASE WHEN o.order_date BETWEEN p.from_date AND p.to_date THEN o.lines ELSE 0 END) AS lines,
           sum(CASE WHEN o.order_date BETWEEN p.from_date AND p.to_date THEN o.margin ELSE 0 END) AS margin,
           sum(CASE WHEN o.order_date BETWEEN p.from_1 AND p.to_1 THEN o.lines ELSE 0 END) AS lines_1,
           sum(CASE WHEN o.order_date BETWEEN p.from_1 AND p.to_1 THEN o.margin ELSE 0 END) AS margin_1,
           sum(CASE WHEN o.order_date BETWEEN p.from_2 AND p.to_2 THEN o.lines ELSE 0 END) AS lines_2,
           sum(CASE WHEN o.order_date BETWEEN p.from_2 AND p.to_2 THEN o.margin ELSE 0 END) AS margin_2,
           sum(CASE WHEN o.order_date > p.to_date AND o.order_date <= p.to_date + p.days THEN o.lines ELSE 0 END) AS lines_after
    FROM pair AS p
    INNER JOIN feature.order_day AS o ON o.customer_key = p.customer_key AND o.order_date <= p.to_date + p.days
    GROUP BY p.campaign_key, p.customer_key
), contact AS (
    SELECT p.campaign_key, p.customer_key,
           sum(CASE WHEN g.type = f.type AND f.is_event AND t.date < p.from_date THEN t.responded ELSE 0 END) AS attended,
           sum(CASE WHEN g.type <> f.type AND t.date >= p.from_date - 60 AND t.date < p.from_date THEN t.sent ELSE 0 END) AS sends
    FROM pair AS p
    INNER JOIN feature.campaign AS f ON f.campaign_key = p.campaign_key
    INNER JOIN core.fact_campaign_target AS t ON t.customer_key = p.customer_key AND t.date < p.from_date AND t.campaign_key <> p.campaign_key
    INNER JOIN feature.campaign AS g ON g.campaign_key = t.campaign_key AND (g.type = f.type AND f.is_event OR g.type <> f.type AND t.date >= p.from_date - 60)
    GROUP BY p.campaign_key, p.customer_key
)
SELECT p.campaign_key, p.customer_key, p.arm, CAST(coalesce(k.type_no, 0) AS INTEGER) AS "type_no",
       coalesce(b.orders_90, 0) AS "orders_90", coalesce(b.orders_365, 0) AS "orders_365", coalesce(b.orders_before, 0) AS "orders_before",
       CASE WHEN b.orders_365 > 0 THEN CAST(b.net_365 AS DOUBLE) / CAST(b.orders_365 AS DOUBLE) END AS "ticket",
       CAST(p.from_date - b.last_date AS INTEGER) AS "silence", CAST(p.from_date - b.first_date AS INTEGER) AS "tenure",
       coalesce(c.attended, 0) AS "attended", coalesce(c.sends, 0) AS "sends",
       CASE WHEN b.lines > 0 THEN 1 ELSE 0 END AS "ordered",
       coalesce(b.lines, 0) AS "lines", CAST(coalesce(b.margin, 0) AS DECIMAL(18, 4)) AS "margin",
       coalesce(b.lines_1, 0) AS "lines_1", CAST(coalesce(b.margin_1, 0) AS DECIMAL(18, 4)) AS "margin_1",
       coalesce(b.lines_2, 0) AS "lines_2", CAST(coalesce(b.margin_2, 0) AS DECIMAL(18, 4)) AS "margin_2",
       CASE WHEN p.to_date + p.days <= r.as_of THEN coalesce(b.lines_after, 0) END AS "lines_after"
FROM pair AS p
CROSS JOIN meta.run AS r
LEFT JOIN core.dim_customer AS d ON d.customer_key = p.customer_key
LEFT JOIN kind AS k ON k.customer_type = d.customer_type
LEFT JOIN bought AS b ON b.campaign_key = p.campaign_key AND b.customer_key = p.customer_key
LEFT JOIN contact AS c ON c.campaign_key = p.campaign_key AND c.customer_key = p.customer_key
ORDER BY p.campaign_key, p.customer_key

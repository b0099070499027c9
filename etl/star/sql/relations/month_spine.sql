-- The months of every customer from its first fact on: until kept_months after its
-- last one and until it is lost, never past the later of the as-of month and its
-- last fact. is_kept marks those; the others, up to the as-of month, only take part
-- in the ranking of their month.
CREATE OR REPLACE TEMP TABLE star_month AS
WITH seen AS (
    SELECT customer_key, month FROM star_month_sale
    UNION ALL SELECT customer_key, month FROM star_month_return
    UNION ALL SELECT customer_key, month FROM star_month_due
    UNION ALL SELECT customer_key, month FROM star_month_activity
    UNION ALL SELECT customer_key, month FROM star_month_message
    UNION ALL SELECT customer_key, month FROM star_month_session
    UNION ALL SELECT customer_key, month FROM star_month_ticket
    UNION ALL SELECT customer_key, month FROM star_month_campaign
    UNION ALL SELECT customer_key, month FROM star_month_expense
    UNION ALL SELECT customer_key, month FROM star_month_commission
    UNION ALL SELECT customer_key, month FROM star_month_capital
), span AS (
    SELECT s.customer_key, min(s.month) AS first_month, max(s.month) AS last_month
    FROM seen s
    GROUP BY s.customer_key
), lost AS (
    SELECT customer_key, max(month) AS month FROM star_turn WHERE went > 0 GROUP BY customer_key
), bound AS (
    SELECT s.customer_key, s.first_month,
           greatest(s.last_month, CAST(date_trunc('month', p.as_of) AS DATE)) AS end_month,
           greatest(s.last_month, coalesce(l.month, s.last_month),
                    least(CAST(s.last_month + u.kept_months * INTERVAL 1 MONTH AS DATE), CAST(date_trunc('month', p.as_of) AS DATE))) AS kept_month
    FROM span s
    CROSS JOIN meta.star_parameter p
    CROSS JOIN star_rule u
    LEFT JOIN lost l ON l.customer_key = s.customer_key
), open_month AS (
    -- Not lost yet, however long ago its last order was.
    SELECT d.customer_key
    FROM star_order_day d
    CROSS JOIN meta.star_parameter p
    WHERE d.next_date IS NULL AND p.as_of - d.order_date <= d.threshold
), calendar AS (
    SELECT month_start AS month, max(date) AS last_day
    FROM core.dim_date
    WHERE date_key <> -1
    GROUP BY month_start
)
SELECT b.customer_key, c.month,
       least(c.last_day, p.as_of) AS cut,
       c.month <= CAST(date_trunc('month', p.as_of) AS DATE) AS is_past,
       c.month <= b.kept_month OR o.customer_key IS NOT NULL AS is_kept
FROM bound b
CROSS JOIN meta.star_parameter p
JOIN calendar c ON c.month BETWEEN b.first_month AND b.end_month
LEFT JOIN open_month o ON o.customer_key = b.customer_key;

-- Each month with what was bought up to its end: ever, in the twelve months that
-- end with it and in the twelve before. Amounts are running totals, of which those
-- of a year before are taken off.
CREATE OR REPLACE TEMP TABLE star_month_trail AS
WITH running AS (
    SELECT m.customer_key, m.month, m.cut, m.is_past, m.is_kept,
           last_value(d.last_date IGNORE NULLS) OVER ever AS last_order,
           last_value(d.threshold IGNORE NULLS) OVER ever AS threshold,
           CAST(coalesce(sum(s.orders) OVER ever, 0) AS INTEGER) AS orders,
           CAST(coalesce(sum(s.net) OVER ever, 0) AS DECIMAL(18, 4)) AS net,
           max(q.last_date) OVER ever AS last_purchase,
           CAST(coalesce(sum(q.frequency) OVER ever, 0) AS INTEGER) AS frequency,
           CAST(coalesce(sum(q.monetary) OVER ever, 0) AS DECIMAL(18, 4)) AS monetary
    FROM star_month m
    LEFT JOIN star_month_sale s ON s.customer_key = m.customer_key AND s.month = m.month
    LEFT JOIN star_month_day d ON d.customer_key = m.customer_key AND d.month = m.month
    LEFT JOIN star_month_purchase q ON q.customer_key = m.customer_key AND q.month = m.month
    WINDOW ever AS (PARTITION BY m.customer_key ORDER BY m.month ROWS UNBOUNDED PRECEDING)
), lagged AS (
    SELECT customer_key, month, cut, is_past, is_kept, last_order, threshold, orders, net, last_purchase, frequency, monetary,
           coalesce(lag(orders, 12) OVER run, 0) AS orders_12, coalesce(lag(orders, 24) OVER run, 0) AS orders_24,
           coalesce(lag(net, 12) OVER run, 0) AS net_12, coalesce(lag(net, 24) OVER run, 0) AS net_24
    FROM running
    WINDOW run AS (PARTITION BY customer_key ORDER BY month)
)
SELECT customer_key, month, cut, is_past, is_kept, last_order, threshold,
       orders - orders_12 AS frequency_12m, net - net_12 AS net_12m,
       orders_12 - orders_24 AS frequency_before, net_12 - net_24 AS net_before,
       last_purchase, frequency, monetary
FROM lagged;

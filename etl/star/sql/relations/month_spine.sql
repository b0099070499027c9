-- The months of every customer from its first fact on: until kept_months after its
-- last one and until it is lost, never past the later of the as-of month and its
-- last fact.
CREATE OR REPLACE TEMP TABLE star_month_bound AS
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
), open_month AS (
    -- Not lost yet, however long ago its last order was.
    SELECT d.customer_key
    FROM star_order_day d
    CROSS JOIN meta.star_parameter p
    WHERE d.next_date IS NULL AND p.as_of - d.order_date <= d.threshold
)
SELECT s.customer_key, s.first_month,
       CASE WHEN o.customer_key IS NOT NULL THEN greatest(s.last_month, CAST(date_trunc('month', p.as_of) AS DATE))
            ELSE greatest(s.last_month, coalesce(l.month, s.last_month),
                          least(CAST(s.last_month + u.kept_months * INTERVAL 1 MONTH AS DATE), CAST(date_trunc('month', p.as_of) AS DATE))) END AS last_month
FROM span s
CROSS JOIN meta.star_parameter p
CROSS JOIN star_rule u
LEFT JOIN lost l ON l.customer_key = s.customer_key
LEFT JOIN open_month o ON o.customer_key = s.customer_key;

-- Months and the day their balances are of: their last one, in the as-of month the
-- as-of date. Months to come are ranked with nobody.
CREATE OR REPLACE TEMP TABLE star_calendar_month AS
WITH calendar AS (
    SELECT month_start AS month, max(date) AS last_day
    FROM core.dim_date
    WHERE date_key <> -1
    GROUP BY month_start
)
SELECT c.month, CAST(c.month - INTERVAL 1 MONTH AS DATE) AS month_before, CAST(c.month - INTERVAL 12 MONTH AS DATE) AS year_before,
       CAST(c.month - INTERVAL 24 MONTH AS DATE) AS two_years_before,
       least(c.last_day, p.as_of) AS cut,
       c.month <= CAST(date_trunc('month', p.as_of) AS DATE) AS is_past
FROM calendar c
CROSS JOIN meta.star_parameter p;

-- What was ordered and bought up to the end of each month in which there was
-- anything; it holds until the customer's next such month.
CREATE OR REPLACE TEMP TABLE star_month_running AS
SELECT s.customer_key, s.month,
       last_value(d.last_date IGNORE NULLS) OVER ever AS last_order,
       last_value(d.threshold IGNORE NULLS) OVER ever AS threshold,
       CAST(sum(s.orders) OVER ever AS INTEGER) AS orders,
       CAST(sum(s.net) OVER ever AS DECIMAL(18, 4)) AS net,
       max(q.last_date) OVER ever AS last_purchase,
       CAST(coalesce(sum(q.frequency) OVER ever, 0) AS INTEGER) AS frequency,
       CAST(coalesce(sum(q.monetary) OVER ever, 0) AS DECIMAL(18, 4)) AS monetary
FROM star_month_sale s
LEFT JOIN star_month_day d ON d.customer_key = s.customer_key AND d.month = s.month
LEFT JOIN star_month_purchase q ON q.customer_key = s.customer_key AND q.month = s.month
WINDOW ever AS (PARTITION BY s.customer_key ORDER BY s.month ROWS UNBOUNDED PRECEDING);

-- When customers came, went and came back. An order day has the threshold of days
-- after which its customer counts as lost: the larger of the floor and the factor
-- times the median of the customer's own gaps between order days up to then.
CREATE OR REPLACE TEMP TABLE star_order_day AS
WITH day AS (
    -- Orders dated after the as-of date have not come yet.
    SELECT DISTINCT b.customer_key, b.order_date
    FROM star_bought b
    CROSS JOIN meta.star_parameter p
    WHERE b.order_date <= p.as_of
), gap AS (
    SELECT customer_key, order_date,
           CAST(order_date - lag(order_date) OVER (PARTITION BY customer_key ORDER BY order_date) AS INTEGER) AS gap,
           lead(order_date) OVER (PARTITION BY customer_key ORDER BY order_date) AS next_date
    FROM day
), typical AS (
    SELECT customer_key, order_date, gap, next_date,
           median(gap) OVER (PARTITION BY customer_key ORDER BY order_date ROWS UNBOUNDED PRECEDING) AS median_gap
    FROM gap
)
SELECT t.customer_key, t.order_date, t.gap, t.next_date,
       CAST(floor(greatest(CAST(u.lost_floor AS DOUBLE), coalesce(u.lost_factor * CAST(t.median_gap AS DOUBLE), 0))) AS INTEGER) AS threshold
FROM typical t
CROSS JOIN star_rule u;

-- What happened in a month: first orders, returns after being lost, losses.
CREATE OR REPLACE TEMP TABLE star_turn AS
WITH turn AS (
    SELECT customer_key, order_date AS date, 1 AS came, 0 AS back, 0 AS went FROM star_order_day WHERE gap IS NULL
    UNION ALL
    SELECT customer_key, next_date, 0, 1, 0 FROM star_order_day WHERE next_date - order_date > threshold
    UNION ALL
    SELECT d.customer_key, d.order_date + d.threshold + 1, 0, 0, 1
    FROM star_order_day d
    CROSS JOIN meta.star_parameter p
    WHERE d.next_date - d.order_date > d.threshold OR d.next_date IS NULL AND d.order_date + d.threshold + 1 <= p.as_of
)
SELECT customer_key, CAST(date_trunc('month', date) AS DATE) AS month,
       CAST(sum(came) AS INTEGER) AS came, CAST(sum(back) AS INTEGER) AS back, CAST(sum(went) AS INTEGER) AS went
FROM turn
GROUP BY customer_key, CAST(date_trunc('month', date) AS DATE);

-- Orders of a month, the last order day in it, and that day's threshold.
CREATE OR REPLACE TEMP TABLE star_month_day AS
SELECT customer_key, CAST(date_trunc('month', order_date) AS DATE) AS month,
       count(*) AS order_days, max(order_date) AS last_date, max_by(threshold, order_date) AS threshold
FROM star_order_day
GROUP BY customer_key, CAST(date_trunc('month', order_date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_sale AS
SELECT customer_key, CAST(date_trunc('month', order_date) AS DATE) AS month,
       CAST(count(DISTINCT CASE WHEN qty > 0 THEN order_key END) AS INTEGER) AS orders,
       CAST(count(*) AS INTEGER) AS lines,
       CAST(sum(qty) AS BIGINT) AS copies,
       CAST(sum(gross) AS DECIMAL(18, 4)) AS gross,
       CAST(sum(net) AS DECIMAL(18, 4)) AS net,
       CAST(sum(margin) AS DECIMAL(18, 4)) AS margin,
       CAST(sum(CASE WHEN cost IS NOT NULL THEN net END) AS DECIMAL(18, 4)) AS net_costed
FROM core.fact_order_line
GROUP BY customer_key, CAST(date_trunc('month', order_date) AS DATE);

-- Purchases as score.rfm counts them: orders with lines of a positive amount.
CREATE OR REPLACE TEMP TABLE star_month_purchase AS
SELECT f.customer_key, CAST(date_trunc('month', f.order_date) AS DATE) AS month,
       CAST(count(DISTINCT f.order_key) AS INTEGER) AS frequency, CAST(sum(f.net) AS DECIMAL(18, 4)) AS monetary, max(f.order_date) AS last_date
FROM core.fact_order_line f
CROSS JOIN meta.star_parameter p
WHERE f.net > 0 AND f.customer_key <> -1 AND f.order_date <= p.as_of
GROUP BY f.customer_key, CAST(date_trunc('month', f.order_date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_return AS
SELECT r.customer_key, CAST(date_trunc('month', r.return_date) AS DATE) AS month,
       CAST(count(*) AS INTEGER) AS returns, CAST(sum(r.qty) AS BIGINT) AS copies_returned, CAST(sum(r.value) AS DECIMAL(18, 4)) AS value_returned,
       CAST(count(*) * q.per_return AS DECIMAL(18, 4)) AS cost
FROM core.fact_return r
CROSS JOIN star_cost_rate q
GROUP BY r.customer_key, CAST(date_trunc('month', r.return_date) AS DATE), q.per_return;

-- Lines by the month they were first promised for, once the promise is due, and
-- those delivered in full by then. Cancelled lines are not waited for.
CREATE OR REPLACE TEMP TABLE star_month_due AS
WITH event AS (
    SELECT e.line_id, min(e.promised_date) AS promised,
           max(CASE WHEN e.stage = 'delivered' THEN CAST(e.event_ts AS DATE) END) AS delivered,
           sum(CASE WHEN e.stage = 'delivered' THEN e.qty END) AS qty
    FROM stage.order_line_stage_event e
    WHERE NOT coalesce(e.is_deleted, false) AND (e.promised_date IS NOT NULL OR e.stage = 'delivered')
    GROUP BY e.line_id
)
SELECT f.customer_key, CAST(date_trunc('month', e.promised) AS DATE) AS month,
       CAST(count(*) AS INTEGER) AS lines_due,
       CAST(count(CASE WHEN e.delivered <= e.promised AND e.qty >= f.qty THEN 1 END) AS INTEGER) AS lines_on_time
FROM event e
CROSS JOIN meta.star_parameter p
JOIN core.fact_order_line f ON f.line_id = e.line_id
WHERE e.promised <= p.as_of AND EXTRACT(year FROM e.promised) >= 1900 AND f.qty > 0
GROUP BY f.customer_key, CAST(date_trunc('month', e.promised) AS DATE);

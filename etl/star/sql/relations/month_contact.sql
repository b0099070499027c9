-- Contacts, tickets, campaigns and expenses of customers by month.
CREATE OR REPLACE TEMP TABLE star_month_activity AS
SELECT f.customer_key, CAST(date_trunc('month', f.date) AS DATE) AS month,
       CAST(count(*) AS INTEGER) AS contacts,
       CAST(count(CASE WHEN k.type = 'visit' THEN 1 END) AS INTEGER) AS visits,
       CAST(count(CASE WHEN k.type = 'call_out' THEN 1 END) AS INTEGER) AS calls_out,
       CAST(count(CASE WHEN k.type = 'call_in' THEN 1 END) AS INTEGER) AS calls_in,
       CAST(count(CASE WHEN k.type IN ('meeting', 'demo') THEN 1 END) AS INTEGER) AS meetings,
       CAST(count(CASE WHEN k.type = 'mail' THEN 1 END) AS INTEGER) AS mails,
       CAST(sum(f.minutes) AS BIGINT) AS minutes, CAST(sum(f.km) AS DECIMAL(18, 4)) AS km, CAST(sum(f.cost) AS DECIMAL(18, 4)) AS cost
FROM core.fact_activity f
JOIN core.dim_activity_kind k ON k.activity_kind_key = f.activity_kind_key
GROUP BY f.customer_key, CAST(date_trunc('month', f.date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_message AS
SELECT customer_key, CAST(date_trunc('month', date) AS DATE) AS month, CAST(count(*) AS INTEGER) AS messages, CAST(sum(late) AS INTEGER) AS late
FROM core.fact_message
GROUP BY customer_key, CAST(date_trunc('month', date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_session AS
SELECT customer_key, CAST(date_trunc('month', date) AS DATE) AS month, CAST(count(*) AS INTEGER) AS sessions
FROM core.fact_web_session
GROUP BY customer_key, CAST(date_trunc('month', date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_ticket AS
SELECT customer_key, CAST(date_trunc('month', date) AS DATE) AS month,
       CAST(count(*) AS INTEGER) AS tickets, CAST(sum(complaints) AS INTEGER) AS complaints, CAST(sum(minutes) AS BIGINT) AS minutes, CAST(sum(cost) AS DECIMAL(18, 4)) AS cost
FROM core.fact_ticket
GROUP BY customer_key, CAST(date_trunc('month', date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_campaign AS
SELECT customer_key, CAST(date_trunc('month', date) AS DATE) AS month,
       CAST(sum(sent) AS INTEGER) AS sent, CAST(sum(responded) AS INTEGER) AS responded, CAST(sum(cost + shared_cost) AS DECIMAL(18, 4)) AS cost
FROM core.fact_campaign_target
WHERE date IS NOT NULL
GROUP BY customer_key, CAST(date_trunc('month', date) AS DATE);

CREATE OR REPLACE TEMP TABLE star_month_expense AS
SELECT m.customer_key, CAST(date_trunc('month', e.date) AS DATE) AS month, CAST(sum(e.amount) AS DECIMAL(18, 4)) AS amount
FROM stage.expense e
CROSS JOIN meta.star_parameter p
JOIN star_customer_map m ON m.customer_id = e.customer_id
WHERE NOT coalesce(e.is_deleted, false) AND EXTRACT(year FROM e.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1
GROUP BY m.customer_key, CAST(date_trunc('month', e.date) AS DATE);

-- Commission falls on the customers whose orders it was earned with: that of a
-- month, quarter or year in proportion to what they bought from the salesperson
-- in it, over lines of a positive amount.
CREATE OR REPLACE TEMP TABLE star_month_commission AS
WITH earned AS (
    SELECT e.employee_key, c.amount,
           CASE WHEN regexp_matches(c.period, '^[0-9]{4}-?Q[1-4]$') THEN make_date(CAST(left(c.period, 4) AS INTEGER), CAST(right(c.period, 1) AS INTEGER) * 3 - 2, 1)
                WHEN regexp_matches(c.period, '^[0-9]{4}-(0[1-9]|1[0-2])$') THEN make_date(CAST(left(c.period, 4) AS INTEGER), CAST(right(c.period, 2) AS INTEGER), 1)
                WHEN regexp_matches(c.period, '^[0-9]{4}$') THEN make_date(CAST(c.period AS INTEGER), 1, 1) END AS first_month,
           CASE WHEN regexp_matches(c.period, '^[0-9]{4}-?Q[1-4]$') THEN make_date(CAST(left(c.period, 4) AS INTEGER), CAST(right(c.period, 1) AS INTEGER) * 3, 1)
                WHEN regexp_matches(c.period, '^[0-9]{4}-(0[1-9]|1[0-2])$') THEN make_date(CAST(left(c.period, 4) AS INTEGER), CAST(right(c.period, 2) AS INTEGER), 1)
                WHEN regexp_matches(c.period, '^[0-9]{4}$') THEN make_date(CAST(c.period AS INTEGER), 12, 1) END AS last_month
    FROM stage.commission c
    JOIN star_employee e ON e.employee_id = c.employee_id
    WHERE NOT coalesce(c.is_deleted, false)
), period AS (
    SELECT employee_key, first_month, last_month, sum(amount) AS amount
    FROM earned
    WHERE first_month IS NOT NULL
    GROUP BY employee_key, first_month, last_month
), sold AS (
    SELECT employee_key, customer_key, CAST(date_trunc('month', order_date) AS DATE) AS month, sum(net) AS net
    FROM core.fact_order_line
    WHERE net > 0 AND employee_key <> -1
    GROUP BY employee_key, customer_key, CAST(date_trunc('month', order_date) AS DATE)
), base AS (
    SELECT p.employee_key, p.first_month, p.last_month, p.amount, sum(s.net) AS net
    FROM period p
    JOIN sold s ON s.employee_key = p.employee_key AND s.month BETWEEN p.first_month AND p.last_month
    GROUP BY p.employee_key, p.first_month, p.last_month, p.amount
)
SELECT s.customer_key, s.month,
       CAST(sum(CAST(CAST(b.amount AS DOUBLE) * CAST(s.net AS DOUBLE) / CAST(b.net AS DOUBLE) AS DECIMAL(18, 4))) AS DECIMAL(18, 4)) AS amount
FROM base b
JOIN sold s ON s.employee_key = b.employee_key AND s.month BETWEEN b.first_month AND b.last_month
GROUP BY s.customer_key, s.month;

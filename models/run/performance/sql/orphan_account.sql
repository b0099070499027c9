-- Accounts still on the name of somebody who has left (orphan_course), and the
-- orders they have given since (orphan_order). Time is counted in orders of the
-- company: elapsed is the share of its orders since the leaving that had come by
-- then, so that seasons and growth do not pass for fading.
CREATE OR REPLACE TEMP TABLE orphan_day AS
SELECT order_date, sum(orders) OVER (ORDER BY order_date) AS orders
FROM (SELECT order_date, count(DISTINCT order_key) AS orders FROM core.fact_order_line WHERE order_date <= (SELECT max(as_of) FROM meta.run) GROUP BY order_date) AS d;
CREATE OR REPLACE TEMP TABLE orphan_left AS
WITH gone AS (
    SELECT e.employee_key, e.leave_date, r.as_of,
           coalesce((SELECT max(orders) FROM orphan_day), 0) AS orders_all,
           coalesce((SELECT max(d.orders) FROM orphan_day AS d WHERE d.order_date <= e.leave_date), 0) AS orders_left,
           coalesce((SELECT max(d.orders) FROM orphan_day AS d WHERE d.order_date <= e.leave_date - 730), 0) AS orders_begun
    FROM core.dim_employee AS e
    CROSS JOIN meta.run AS r
    WHERE e.employee_key <> -1 AND e.leave_date <= r.as_of
)
SELECT employee_key, leave_date, as_of, orders_left, orders_all - orders_left AS orders_since, orders_left - orders_begun AS orders_two_years
FROM gone;
CREATE OR REPLACE TEMP TABLE orphan_course AS
SELECT c.customer_key, g.employee_key, g.leave_date, g.orders_since AS company_since, g.orders_two_years AS company_two_years,
       coalesce(sum(CASE WHEN l.order_date > g.leave_date THEN l.net END), 0) AS net_since,
       coalesce(sum(CASE WHEN l.order_date > CAST(g.leave_date - INTERVAL 12 MONTH AS DATE) AND l.order_date <= CAST(g.as_of - INTERVAL 12 MONTH AS DATE) THEN l.net END), 0) AS net_before,
       count(DISTINCT CASE WHEN l.order_date > g.leave_date THEN l.order_key END) AS orders_since,
       count(DISTINCT CASE WHEN l.order_date <= g.leave_date AND l.order_date > g.leave_date - 730 THEN l.order_key END) AS orders_two_years,
       max(l.order_date) AS last_order
FROM core.dim_customer AS c
INNER JOIN orphan_left AS g ON g.employee_key = c.owner_employee_key
LEFT JOIN core.fact_order_line AS l ON l.customer_key = c.customer_key AND l.order_date <= g.as_of
WHERE c.customer_key <> -1 AND coalesce(c.status, '') <> 'merged'
GROUP BY c.customer_key, g.employee_key, g.leave_date, g.orders_since, g.orders_two_years;
CREATE OR REPLACE TEMP TABLE orphan_order AS
SELECT a.customer_key, l.order_key, CAST(d.orders - g.orders_left AS DOUBLE) / CAST(g.orders_since AS DOUBLE) AS elapsed
FROM orphan_course AS a
INNER JOIN orphan_left AS g ON g.employee_key = a.employee_key
INNER JOIN (SELECT DISTINCT customer_key, order_key, order_date FROM core.fact_order_line) AS l ON l.customer_key = a.customer_key AND l.order_date > g.leave_date AND l.order_date <= g.as_of
INNER JOIN orphan_day AS d ON d.order_date = l.order_date

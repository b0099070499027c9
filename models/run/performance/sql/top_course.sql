-- The largest customers of a year and what became of them in the period since,
-- beside the same days of that year.
-- Parameters: first and last day of the year; of the same days in it; of this
-- period; how many at most: of few customers a fiftieth, and ten.
CREATE OR REPLACE TEMP TABLE top_course AS
WITH span AS (
    SELECT CAST(? AS DATE) AS year_from, CAST(? AS DATE) AS year_to, CAST(? AS DATE) AS same_from, CAST(? AS DATE) AS same_to, CAST(? AS DATE) AS now_from, CAST(? AS DATE) AS now_to
), line AS (
    SELECT l.customer_key,
           sum(CASE WHEN l.order_date BETWEEN s.year_from AND s.year_to THEN l.net ELSE 0 END) AS net_year,
           sum(CASE WHEN l.order_date BETWEEN s.same_from AND s.same_to THEN l.net ELSE 0 END) AS net_same_days,
           sum(CASE WHEN l.order_date BETWEEN s.now_from AND s.now_to THEN l.net ELSE 0 END) AS net_now,
           count(DISTINCT CASE WHEN l.order_date BETWEEN s.same_from AND s.same_to THEN l.order_key END) AS orders_same_days,
           count(DISTINCT CASE WHEN l.order_date BETWEEN s.now_from AND s.now_to THEN l.order_key END) AS orders_now, max(l.order_date) AS last_order
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.customer_key <> -1 AND l.order_date BETWEEN s.year_from AND s.now_to
    GROUP BY l.customer_key
), ranked AS (
    SELECT customer_key, net_year, net_same_days, net_now, orders_same_days, orders_now, last_order, row_number() OVER (ORDER BY net_year DESC, customer_key) AS place, count(*) OVER () AS customers
    FROM line
    WHERE net_year > 0
), complained AS (
    SELECT k.customer_key, sum(k.complaints) AS complaints, max(k.date) AS last_complaint,
           sum(CASE WHEN k.complaints > 0 AND k.open > 0 THEN 1 ELSE 0 END) AS open_complaints
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
    WHERE k.complaints > 0 AND k.date BETWEEN s.year_from AND s.year_to
    GROUP BY k.customer_key
)
SELECT r.place, r.customer_key, r.net_year, r.net_same_days, r.net_now, r.orders_same_days, r.orders_now, r.last_order, c.complaints, c.last_complaint, c.open_complaints
FROM ranked AS r
LEFT JOIN complained AS c ON c.customer_key = r.customer_key
WHERE r.place <= least(CAST(? AS INTEGER), greatest(10, CAST(ceil(r.customers / 50.0) AS INTEGER)))

-- feature.customer_habit: how every known customer that bought from the given day
-- to the as-of date orders. One row each; what has nothing to be taken of is NULL.
-- Counts that habits are judged by:
--   orders, lines            with a positive amount
--   plain_orders             orders without a textbook
--   plain_lines              lines that are no textbooks
--   textbook_lines           lines of textbooks
--   fair_orders              orders in the six weeks after a book fair
--   single_lines             lines of fewer than ten copies, and
--   single_copies            their copies: lots tell of classes, not of shelves
--   contract                 1 where a contract ran on one of the days
-- Measures that describe:
--   orders_a_year            since the first order of the period, a year at least
--   days_between             mean days from one order day to the next
--   gap_variation            standard deviation of these over their mean
--   lines_an_order, copies_a_line
--   order_value, price       net of an order, gross of a copy
--   discount                 share of gross
--   textbook_share, rush_share, return_share   of lines, lines and copies
--   fair_share, top_quarter  of orders; the quarter of the year with most of them
--   subjects                 main classes bought
--   quotes_an_order, quotes_accepted
WITH span AS (
    SELECT r.as_of, CAST(? AS DATE) AS from_date
    FROM meta.run AS r
), fair AS (
    SELECT d.fair_name, max(d.date) AS last_day
    FROM core.dim_date AS d
    WHERE d.fair_name IS NOT NULL
    GROUP BY d.fair_name
), fair_day AS (
    SELECT DISTINCT d.date
    FROM core.dim_date AS d
    INNER JOIN fair AS f ON d.date > f.last_day AND d.date <= f.last_day + 42
), line AS (
    SELECT l.customer_key, coalesce(l.order_key, -1) AS order_key, l.order_date, l.qty, l.net, l.gross, l.discount, l.clc_key,
           CASE WHEN l.is_textbook THEN 1 ELSE 0 END AS textbook, CASE WHEN l.is_rush THEN 1 ELSE 0 END AS rush
    FROM core.fact_order_line AS l
    CROSS JOIN span AS s
    WHERE l.customer_key <> -1 AND l.net > 0 AND l.qty > 0 AND l.order_date >= s.from_date AND l.order_date <= s.as_of
), bought AS (
    SELECT l.customer_key, count(*) AS lines, sum(l.qty) AS copies, sum(l.net) AS net, sum(l.gross) AS gross, sum(l.discount) AS discount,
           sum(l.textbook) AS textbook_lines, sum(l.rush) AS rush_lines, count(DISTINCT c.l1_code) AS subjects,
           sum(CASE WHEN l.qty < 10 THEN 1 ELSE 0 END) AS single_lines, sum(CASE WHEN l.qty < 10 THEN l.qty ELSE 0 END) AS single_copies
    FROM line AS l
    LEFT JOIN core.dim_clc AS c ON c.clc_key = l.clc_key AND c.clc_key <> -1
    GROUP BY l.customer_key
), purchase AS (
    SELECT l.customer_key, l.order_key, l.order_date, max(l.textbook) AS textbook
    FROM line AS l
    GROUP BY l.customer_key, l.order_key, l.order_date
), placed AS (
    SELECT p.customer_key, count(*) AS orders, sum(1 - p.textbook) AS plain_orders, min(p.order_date) AS first_day,
           sum(CASE WHEN f.date IS NOT NULL THEN 1 ELSE 0 END) AS fair_orders,
           greatest(sum(CASE WHEN EXTRACT(quarter FROM p.order_date) = 1 THEN 1 ELSE 0 END), sum(CASE WHEN EXTRACT(quarter FROM p.order_date) = 2 THEN 1 ELSE 0 END),
                    sum(CASE WHEN EXTRACT(quarter FROM p.order_date) = 3 THEN 1 ELSE 0 END), sum(CASE WHEN EXTRACT(quarter FROM p.order_date) = 4 THEN 1 ELSE 0 END)) AS top_quarter
    FROM purchase AS p
    LEFT JOIN fair_day AS f ON f.date = p.order_date
    GROUP BY p.customer_key
), day AS (
    SELECT DISTINCT p.customer_key, p.order_date
    FROM purchase AS p
), gap AS (
    SELECT d.customer_key, CAST(d.order_date - lag(d.order_date) OVER (PARTITION BY d.customer_key ORDER BY d.order_date) AS BIGINT) AS days
    FROM day AS d
), rhythm AS (
    SELECT g.customer_key, count(g.days) AS gaps, sum(g.days) AS total, sum(g.days * g.days) AS squares
    FROM gap AS g
    WHERE g.days IS NOT NULL
    GROUP BY g.customer_key
), back AS (
    SELECT r.customer_key, sum(r.qty) AS copies
    FROM core.fact_return AS r
    CROSS JOIN span AS s
    WHERE r.return_date >= s.from_date AND r.return_date <= s.as_of
    GROUP BY r.customer_key
), quoted AS (
    SELECT q.customer_key, count(*) AS quotes, sum(q.accepted) AS accepted
    FROM core.fact_quote AS q
    CROSS JOIN span AS s
    WHERE q.date >= s.from_date AND q.date <= s.as_of
    GROUP BY q.customer_key
), bound AS (
    SELECT DISTINCT c.customer_key
    FROM core.fact_contract AS c
    CROSS JOIN span AS s
    WHERE c.start_date <= s.as_of AND coalesce(c.end_date >= s.from_date, true)
), kind AS (
    SELECT t.customer_type, row_number() OVER (ORDER BY t.customer_type) AS type_no
    FROM (SELECT DISTINCT customer_type FROM core.dim_customer WHERE customer_type IS NOT NULL AND customer_key <> -1) AS t
)
SELECT b.customer_key, coalesce(k.type_no, 0) AS type_no,
       p.orders, b.lines, p.plain_orders, b.lines - b.textbook_lines AS plain_lines, b.textbook_lines, p.fair_orders, b.single_lines, b.single_copies,
       CASE WHEN c.customer_key IS NOT NULL THEN 1 ELSE 0 END AS contract,
       CAST(p.orders AS DOUBLE) / greatest(1, CAST(s.as_of - p.first_day AS DOUBLE) / 365.25) AS orders_a_year,
       CAST(r.total AS DOUBLE) / CAST(r.gaps AS DOUBLE) AS days_between,
       CASE WHEN r.gaps >= 2 THEN sqrt(greatest(0, CAST(r.squares AS DOUBLE) / CAST(r.gaps AS DOUBLE) - (CAST(r.total AS DOUBLE) / CAST(r.gaps AS DOUBLE)) * (CAST(r.total AS DOUBLE) / CAST(r.gaps AS DOUBLE))))
            / (CAST(r.total AS DOUBLE) / CAST(r.gaps AS DOUBLE)) END AS gap_variation,
       CAST(b.lines AS DOUBLE) / CAST(p.orders AS DOUBLE) AS lines_an_order,
       CAST(b.copies AS DOUBLE) / CAST(b.lines AS DOUBLE) AS copies_a_line,
       CAST(b.net AS DOUBLE) / CAST(p.orders AS DOUBLE) AS order_value,
       CAST(b.gross AS DOUBLE) / CAST(b.copies AS DOUBLE) AS price,
       CASE WHEN b.gross > 0 THEN CAST(b.discount AS DOUBLE) / CAST(b.gross AS DOUBLE) END AS discount,
       CAST(b.textbook_lines AS DOUBLE) / CAST(b.lines AS DOUBLE) AS textbook_share,
       CAST(p.fair_orders AS DOUBLE) / CAST(p.orders AS DOUBLE) AS fair_share,
       CAST(b.rush_lines AS DOUBLE) / CAST(b.lines AS DOUBLE) AS rush_share,
       CAST(coalesce(x.copies, 0) AS DOUBLE) / CAST(b.copies AS DOUBLE) AS return_share,
       CAST(p.top_quarter AS DOUBLE) / CAST(p.orders AS DOUBLE) AS top_quarter,
       CAST(b.subjects AS DOUBLE) AS subjects,
       CAST(coalesce(q.quotes, 0) AS DOUBLE) / CAST(p.orders AS DOUBLE) AS quotes_an_order,
       CASE WHEN q.quotes > 0 THEN CAST(q.accepted AS DOUBLE) / CAST(q.quotes AS DOUBLE) END AS quotes_accepted
FROM bought AS b
INNER JOIN placed AS p ON p.customer_key = b.customer_key
INNER JOIN core.dim_customer AS d ON d.customer_key = b.customer_key
CROSS JOIN span AS s
LEFT JOIN kind AS k ON k.customer_type = d.customer_type
LEFT JOIN rhythm AS r ON r.customer_key = b.customer_key
LEFT JOIN back AS x ON x.customer_key = b.customer_key
LEFT JOIN quoted AS q ON q.customer_key = b.customer_key
LEFT JOIN bound AS c ON c.customer_key = b.customer_key
ORDER BY b.customer_key

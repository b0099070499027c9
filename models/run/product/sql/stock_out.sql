-- Titles that ran out of stock and, for each, up to 20 that may have stood in: of
-- the same class and level, first listed half a year before, with most orders over
-- the stretches the title was out in and near ones (feature.stock_state). Orders of
-- the candidate, of all other titles of that class and level, and days, by whether
-- the title was in stock.
-- Peers are weighted to the candidate's orders by episode: else a candidate that was
-- only there in some of them would be held against the others as well.
WITH stretch AS (
    SELECT DISTINCT s.stretch, s.from_day, s.to_day
    FROM feature.stock_state AS s
), ran_out AS (
    SELECT s.title_key, t.clc_key, t.level, sum(CASE WHEN s.is_out THEN s.to_day - s.from_day ELSE 0 END) AS days_out,
           sum(CASE WHEN s.is_out THEN 0 ELSE s.to_day - s.from_day END) AS days_in
    FROM feature.stock_state AS s
    INNER JOIN core.dim_title AS t ON t.title_key = s.title_key
    WHERE t.clc_key <> -1 AND t.level IS NOT NULL
    GROUP BY s.title_key, t.clc_key, t.level
    HAVING sum(CASE WHEN s.is_out THEN 1 ELSE 0 END) > 0 AND sum(CASE WHEN s.is_out THEN 0 ELSE 1 END) > 0
), state AS (
    SELECT s.title_key, a.clc_key, a.level, s.stretch, s.episode, s.is_out, min(s.from_day) OVER (PARTITION BY s.title_key, s.episode) AS first_day
    FROM feature.stock_state AS s
    INNER JOIN ran_out AS a ON a.title_key = s.title_key
), shelf AS (
    SELECT DISTINCT a.clc_key, a.level FROM ran_out AS a
), day AS (
    SELECT d.order_date, s.stretch
    FROM (SELECT DISTINCT l.order_date FROM core.fact_order_line AS l) AS d
    INNER JOIN stretch AS s ON d.order_date > s.from_day AND d.order_date <= s.to_day
), once AS (
    SELECT DISTINCT l.title_key, d.stretch, l.order_key
    FROM core.fact_order_line AS l
    INNER JOIN day AS d ON d.order_date = l.order_date
    WHERE l.qty > 0 AND l.title_key <> -1
), ordered AS (
    SELECT t.clc_key, t.level, o.title_key, coalesce(t.first_listed, t.pub_date) AS listed, o.stretch, count(o.order_key) AS orders
    FROM once AS o
    INNER JOIN core.dim_title AS t ON t.title_key = o.title_key
    INNER JOIN shelf AS f ON f.clc_key = t.clc_key AND f.level = t.level
    GROUP BY t.clc_key, t.level, o.title_key, coalesce(t.first_listed, t.pub_date), o.stretch
), whole AS (
    SELECT o.clc_key, o.level, o.stretch, sum(o.orders) AS orders
    FROM ordered AS o
    GROUP BY o.clc_key, o.level, o.stretch
), peer AS (
    SELECT s.title_key, s.episode, sum(CASE WHEN s.is_out THEN w.orders - coalesce(o.orders, 0) ELSE 0 END) AS orders_out,
           sum(CASE WHEN s.is_out THEN 0 ELSE w.orders - coalesce(o.orders, 0) END) AS orders_in
    FROM state AS s
    INNER JOIN whole AS w ON w.clc_key = s.clc_key AND w.level = s.level AND w.stretch = s.stretch
    LEFT JOIN ordered AS o ON o.title_key = s.title_key AND o.stretch = s.stretch
    GROUP BY s.title_key, s.episode
), candidate AS (
    SELECT s.title_key, o.title_key AS substitute_key, s.episode, sum(CASE WHEN s.is_out THEN o.orders ELSE 0 END) AS orders_out,
           sum(CASE WHEN s.is_out THEN 0 ELSE o.orders END) AS orders_in
    FROM state AS s
    INNER JOIN ordered AS o ON o.clc_key = s.clc_key AND o.level = s.level AND o.stretch = s.stretch AND o.title_key <> s.title_key AND o.listed <= s.first_day - 182
    GROUP BY s.title_key, o.title_key, s.episode
), against AS (
    SELECT c.title_key, c.substitute_key, c.orders_in, c.orders_out, p.orders_in - c.orders_in AS peers_in, p.orders_out - c.orders_out AS peers_out
    FROM candidate AS c
    INNER JOIN peer AS p ON p.title_key = c.title_key AND p.episode = c.episode
    WHERE p.orders_in + p.orders_out > c.orders_in + c.orders_out
), summed AS (
    SELECT a.title_key, a.substitute_key, sum(a.orders_in) AS orders_in, sum(a.orders_out) AS orders_out, sum(a.peers_in + a.peers_out) AS peers,
           sum(CAST(CAST((a.orders_in + a.orders_out) * a.peers_out AS DOUBLE) / (a.peers_in + a.peers_out) AS DECIMAL(18, 6))) AS expected_out,
           row_number() OVER (PARTITION BY a.title_key ORDER BY sum(a.orders_in + a.orders_out) DESC, a.substitute_key) AS place
    FROM against AS a
    GROUP BY a.title_key, a.substitute_key
), weighed AS (
    SELECT s.title_key, s.substitute_key, s.orders_in, s.orders_out, s.peers,
           CAST(round(CAST(s.peers AS DOUBLE) * CAST(s.expected_out AS DOUBLE) / CAST(s.orders_in + s.orders_out AS DOUBLE)) AS BIGINT) AS peers_out
    FROM summed AS s
    WHERE s.place <= 20 AND s.orders_in + s.orders_out >= 5
)
SELECT w.title_key, w.substitute_key, CAST(w.orders_in AS BIGINT) AS before, CAST(w.orders_out AS BIGINT) AS after, CAST(a.days_in AS BIGINT) AS days_before,
       CAST(a.days_out AS BIGINT) AS days_after, CAST(w.peers AS BIGINT) - w.peers_out AS peers_before, w.peers_out AS peers_after
FROM weighed AS w
INNER JOIN ran_out AS a ON a.title_key = w.title_key
ORDER BY w.title_key, w.substitute_key

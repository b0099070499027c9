-- Titles that ran out of stock and, for each, up to 20 that may have stood in: of
-- the same class and level, with most orders over the stretches the title was
-- out in and near ones (feature.stock_state). Orders of the candidate, of all other titles of that class and level,
-- and days, by whether the title was in stock.
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
), shelf AS (
    SELECT DISTINCT a.clc_key, a.level FROM ran_out AS a
), ordered AS (
    SELECT t.clc_key, t.level, l.title_key, s.stretch, count(DISTINCT l.order_key) AS orders
    FROM core.fact_order_line AS l
    INNER JOIN core.dim_title AS t ON t.title_key = l.title_key
    INNER JOIN shelf AS f ON f.clc_key = t.clc_key AND f.level = t.level
    INNER JOIN stretch AS s ON l.order_date > s.from_day AND l.order_date <= s.to_day
    WHERE l.qty > 0 AND l.title_key <> -1
    GROUP BY t.clc_key, t.level, l.title_key, s.stretch
), whole AS (
    SELECT o.clc_key, o.level, o.stretch, sum(o.orders) AS orders
    FROM ordered AS o
    GROUP BY o.clc_key, o.level, o.stretch
), candidate AS (
    SELECT a.title_key, o.title_key AS substitute_key, sum(CASE WHEN s.is_out THEN o.orders ELSE 0 END) AS orders_out, sum(CASE WHEN s.is_out THEN 0 ELSE o.orders END) AS orders_in
    FROM ran_out AS a
    INNER JOIN feature.stock_state AS s ON s.title_key = a.title_key
    INNER JOIN ordered AS o ON o.clc_key = a.clc_key AND o.level = a.level AND o.stretch = s.stretch AND o.title_key <> a.title_key
    GROUP BY a.title_key, o.title_key
), ranked AS (
    SELECT c.title_key, c.substitute_key, c.orders_out, c.orders_in,
           row_number() OVER (PARTITION BY c.title_key ORDER BY c.orders_out + c.orders_in DESC, c.substitute_key) AS place
    FROM candidate AS c
), peer AS (
    SELECT a.title_key, sum(CASE WHEN s.is_out THEN w.orders ELSE 0 END) AS orders_out, sum(CASE WHEN s.is_out THEN 0 ELSE w.orders END) AS orders_in
    FROM ran_out AS a
    INNER JOIN feature.stock_state AS s ON s.title_key = a.title_key
    INNER JOIN whole AS w ON w.clc_key = a.clc_key AND w.level = a.level AND w.stretch = s.stretch
    GROUP BY a.title_key
), own AS (
    SELECT s.title_key, sum(CASE WHEN s.is_out THEN o.orders ELSE 0 END) AS orders_out, sum(CASE WHEN s.is_out THEN 0 ELSE o.orders END) AS orders_in
    FROM feature.stock_state AS s
    INNER JOIN ordered AS o ON o.title_key = s.title_key AND o.stretch = s.stretch
    GROUP BY s.title_key
)
SELECT r.title_key, r.substitute_key, CAST(r.orders_in AS BIGINT) AS before, CAST(r.orders_out AS BIGINT) AS after, CAST(a.days_in AS BIGINT) AS days_before, CAST(a.days_out AS BIGINT) AS days_after,
       CAST(p.orders_in - r.orders_in - coalesce(o.orders_in, 0) AS BIGINT) AS peers_before, CAST(p.orders_out - r.orders_out - coalesce(o.orders_out, 0) AS BIGINT) AS peers_after
FROM ranked AS r
INNER JOIN ran_out AS a ON a.title_key = r.title_key
INNER JOIN peer AS p ON p.title_key = r.title_key
LEFT JOIN own AS o ON o.title_key = r.title_key
WHERE r.place <= 20 AND r.orders_in + r.orders_out >= 5
ORDER BY r.title_key, r.substitute_key

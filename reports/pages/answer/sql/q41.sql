-- Who bought in twelve months: the type with most net sales, and the commonest
-- habit among those whose habits are known.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), line AS (
    SELECT l.customer_key, c.customer_type, sum(l.net) AS net
    FROM core.fact_order_line AS l
    INNER JOIN core.dim_customer AS c ON c.customer_key = l.customer_key
    CROSS JOIN run AS r
    WHERE l.customer_key <> -1 AND l.order_date BETWEEN r.since AND r.as_of
    GROUP BY l.customer_key, c.customer_type
), kind AS (
    SELECT l.customer_type, count(*) AS customers, sum(l.net) AS net, row_number() OVER (ORDER BY sum(l.net) DESC, l.customer_type NULLS LAST) AS place
    FROM line AS l
    GROUP BY l.customer_type
), habit AS (
    SELECT s.name, s.name_zh, count(*) AS customers, row_number() OVER (ORDER BY count(*) DESC, s.name) AS place, sum(count(*)) OVER () AS whole
    FROM score.segment AS s
    WHERE s.is_known
    GROUP BY s.name, s.name_zh
), total AS (
    SELECT count(*) AS customers, sum(l.net) AS net
    FROM line AS l
)
SELECT t.customers AS found_n, t.net AS net_money, k.customer_type AS most_type, k.customers AS most_n, CAST(k.net AS DOUBLE) / nullif(CAST(t.net AS DOUBLE), 0) AS most_pct,
       h.name AS habit_name, h.name_zh AS habit_zh, CAST(h.customers AS DOUBLE) / nullif(CAST(h.whole AS DOUBLE), 0) AS habit_pct
FROM total AS t
LEFT JOIN kind AS k ON k.place = 1
LEFT JOIN habit AS h ON h.place = 1

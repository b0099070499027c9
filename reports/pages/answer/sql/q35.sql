-- Customers that count as lost since the twelve months began: of which type and
-- area most are, and which type lost the largest share of its customers.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), customer AS (
    SELECT c.customer_type, g.area, g.area_zh, l.status = 'lost' AND l.lost_on BETWEEN r.since AND r.as_of AS is_lost
    FROM score.loyalty AS l
    INNER JOIN core.dim_customer AS c ON c.customer_key = l.customer_key
    LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
    CROSS JOIN run AS r
    WHERE l.status <> 'lost' OR l.lost_on >= r.since
), kind AS (
    SELECT k.customer_type, sum(CASE WHEN k.is_lost THEN 1 ELSE 0 END) AS lost, CAST(sum(CASE WHEN k.is_lost THEN 1 ELSE 0 END) AS DOUBLE) / CAST(count(*) AS DOUBLE) AS rate,
           count(*) AS customers
    FROM customer AS k
    GROUP BY k.customer_type
), most AS (
    SELECT k.customer_type, k.lost, row_number() OVER (ORDER BY k.lost DESC, k.customer_type NULLS LAST) AS place
    FROM kind AS k
), sharpest AS (
    SELECT k.customer_type, k.rate, row_number() OVER (ORDER BY k.rate DESC, k.customer_type NULLS LAST) AS place
    FROM kind AS k
    WHERE k.customers >= 10
), area AS (
    SELECT k.area, k.area_zh, count(*) AS lost, row_number() OVER (ORDER BY count(*) DESC, k.area) AS place
    FROM customer AS k
    WHERE k.is_lost AND k.area IS NOT NULL
    GROUP BY k.area, k.area_zh
), total AS (
    SELECT count(*) AS customers, sum(CASE WHEN k.is_lost THEN 1 ELSE 0 END) AS lost
    FROM customer AS k
)
SELECT coalesce(t.lost, 0) AS found_n, CAST(t.lost AS DOUBLE) / nullif(CAST(t.customers AS DOUBLE), 0) AS lost_pct, m.customer_type AS most_type, m.lost AS most_n,
       s.customer_type AS sharpest_type, s.rate AS sharpest_pct, a.area AS area_name, a.area_zh, a.lost AS area_n
FROM total AS t
LEFT JOIN most AS m ON m.place = 1
LEFT JOIN sharpest AS s ON s.place = 1
LEFT JOIN area AS a ON a.place = 1

-- Customers whose first order falls into the twelve months: of which type most
-- are, what they buy most, how many ordered again.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), customer AS (
    SELECT c.customer_key, c.customer_type
    FROM core.dim_customer AS c
    CROSS JOIN run AS r
    WHERE c.customer_key <> -1 AND c.first_order_date BETWEEN r.since AND r.as_of
), line AS (
    SELECT l.customer_key, l.order_key, l.clc_key, l.net
    FROM core.fact_order_line AS l
    INNER JOIN customer AS c ON c.customer_key = l.customer_key
    CROSS JOIN run AS r
    WHERE l.order_date BETWEEN r.since AND r.as_of
), kind AS (
    SELECT c.customer_type, count(*) AS customers, row_number() OVER (ORDER BY count(*) DESC, c.customer_type NULLS LAST) AS place
    FROM customer AS c
    GROUP BY c.customer_type
), class AS (
    SELECT k.bucket_name_en AS name, k.bucket_name_zh AS name_zh, row_number() OVER (ORDER BY sum(l.net) DESC, k.bucket_name_en NULLS LAST) AS place
    FROM line AS l
    INNER JOIN core.dim_clc AS k ON k.clc_key = l.clc_key
    WHERE k.bucket IS NOT NULL AND k.clc_key <> -1
    GROUP BY k.bucket_name_en, k.bucket_name_zh
), again AS (
    SELECT count(*) AS customers
    FROM (SELECT l.customer_key FROM line AS l GROUP BY l.customer_key HAVING count(DISTINCT l.order_key) > 1) AS a
), total AS (
    SELECT count(*) AS customers
    FROM customer AS c
)
SELECT t.customers AS found_n, k.customer_type AS most_type, CAST(k.customers AS DOUBLE) / nullif(CAST(t.customers AS DOUBLE), 0) AS most_pct, s.name AS class_name, s.name_zh AS class_zh,
       (SELECT sum(l.net) FROM line AS l) AS net_money, a.customers AS again_n
FROM total AS t
CROSS JOIN again AS a
LEFT JOIN kind AS k ON k.place = 1
LEFT JOIN class AS s ON s.place = 1

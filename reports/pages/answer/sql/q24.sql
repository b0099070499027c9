-- What the largest customers of the last full year have ordered since.
WITH total AS (
    SELECT count(*) AS customers, sum(CASE WHEN t.status = 'silent' THEN 1 ELSE 0 END) AS silent, sum(CASE WHEN t.status = 'halved' THEN 1 ELSE 0 END) AS halved,
           sum(CASE WHEN t.orders_now > 0 THEN 1 ELSE 0 END) AS ordering, -sum(CASE WHEN t.status IN ('silent', 'halved') THEN t.change END) AS lost
    FROM score.top_customer AS t
), silent AS (
    SELECT t.customer_key, t.net_year, row_number() OVER (ORDER BY t.rank) AS place
    FROM score.top_customer AS t
    WHERE t.status = 'silent'
)
SELECT t.customers AS found_n, t.ordering AS ordering_n, t.silent AS silent_n, t.halved AS halved_n, coalesce(t.lost, 0) AS lost_money,
       c.customer_id AS first_id, c.customer_type AS first_kind, c.name AS first_name, s.net_year AS first_money
FROM total AS t
LEFT JOIN silent AS s ON s.place = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = s.customer_key

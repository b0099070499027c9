-- Titles of a series and the next one listed, with the customers who could have
-- bought it: those whose last order came on or after its first listing.
--   baskets            such customers
--   antecedent_count   those who had bought the title and ordered anything on a
--                      later day on which the next one was listed
--   consequent_count   those who bought the next one
--   both               those of the antecedent who did
WITH volume AS (
    SELECT t.title_key, t.series_id, coalesce(t.first_listed, t.pub_date) AS listed,
           row_number() OVER (PARTITION BY t.series_id ORDER BY coalesce(t.first_listed, t.pub_date) NULLS LAST, t.title_key) AS place
    FROM core.dim_title AS t
    WHERE t.title_key <> -1 AND t.series_id IS NOT NULL
), pair AS (
    SELECT a.title_key AS antecedent, b.title_key AS consequent, b.listed
    FROM volume AS a
    INNER JOIN volume AS b ON b.series_id = a.series_id AND b.place = a.place + 1
    WHERE b.listed IS NOT NULL
), line AS (
    SELECT l.customer_key, l.title_key, l.order_date
    FROM core.fact_order_line AS l
    WHERE l.qty > 0 AND l.customer_key <> -1 AND l.order_date <= CAST(? AS DATE)
), last_order AS (
    SELECT l.customer_key, max(l.order_date) AS last_date
    FROM line AS l
    GROUP BY l.customer_key
), day AS (
    SELECT o.last_date, count(*) AS customers
    FROM last_order AS o
    GROUP BY o.last_date
), bought AS (
    SELECT l.customer_key, l.title_key, min(l.order_date) AS first_date, max(l.order_date) AS again
    FROM line AS l
    INNER JOIN volume AS v ON v.title_key = l.title_key
    GROUP BY l.customer_key, l.title_key
), could AS (
    SELECT p.antecedent, p.consequent, sum(d.customers) AS baskets
    FROM pair AS p
    INNER JOIN day AS d ON d.last_date >= p.listed
    GROUP BY p.antecedent, p.consequent
), did AS (
    SELECT p.antecedent, p.consequent, count(*) AS consequent_count
    FROM pair AS p
    INNER JOIN bought AS b ON b.title_key = p.consequent AND b.again >= p.listed
    GROUP BY p.antecedent, p.consequent
), had AS (
    SELECT p.antecedent, p.consequent, count(*) AS antecedent_count,
           sum(CASE WHEN n.again >= p.listed THEN 1 ELSE 0 END) AS both
    FROM pair AS p
    INNER JOIN bought AS b ON b.title_key = p.antecedent
    INNER JOIN last_order AS o ON o.customer_key = b.customer_key AND o.last_date > b.first_date AND o.last_date >= p.listed
    LEFT JOIN bought AS n ON n.title_key = p.consequent AND n.customer_key = b.customer_key
    GROUP BY p.antecedent, p.consequent
)
SELECT c.antecedent, c.consequent, CAST(c.baskets AS BIGINT) AS baskets, h.antecedent_count, coalesce(d.consequent_count, 0) AS consequent_count,
       CAST(h.both AS BIGINT) AS both
FROM could AS c
INNER JOIN had AS h ON h.antecedent = c.antecedent AND h.consequent = c.consequent
LEFT JOIN did AS d ON d.antecedent = c.antecedent AND d.consequent = c.consequent
ORDER BY c.antecedent, c.consequent

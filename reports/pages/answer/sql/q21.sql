-- Customers who cost more than they bring, and what makes most of them so.
WITH losing AS (
    SELECT p.customer_key, p.contribution, p.reason_1
    FROM score.customer_profit AS p
    WHERE p.result = 'losing'
), reason AS (
    SELECT l.reason_1, count(*) AS customers, row_number() OVER (ORDER BY count(*) DESC, l.reason_1) AS place
    FROM losing AS l
    WHERE l.reason_1 <> ''
    GROUP BY l.reason_1
), worst AS (
    SELECT l.customer_key, l.contribution, row_number() OVER (ORDER BY l.contribution, l.customer_key) AS place
    FROM losing AS l
)
SELECT CASE WHEN (SELECT count(p.contribution) FROM score.customer_profit AS p) > 0 THEN (SELECT count(*) FROM losing) END AS found_n, (SELECT -sum(l.contribution) FROM losing AS l) AS lost_money,
       CAST((SELECT count(*) FROM losing) AS DOUBLE) / nullif(CAST((SELECT count(p.contribution) FROM score.customer_profit AS p) AS DOUBLE), 0) AS losing_pct,
       (SELECT count(p.contribution) FROM score.customer_profit AS p) AS customers_n, r.reason_1 AS reason_word, r.customers AS reason_n,
       c.customer_id AS worst_id, c.customer_type AS worst_kind, c.name AS worst_name, -w.contribution AS worst_money
FROM (SELECT 1 AS one) AS o
LEFT JOIN reason AS r ON r.place = 1
LEFT JOIN worst AS w ON w.place = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = w.customer_key

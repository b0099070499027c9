-- Subjects that customers alike buy and a customer does not.
WITH class AS (
    SELECT w.class, w.class_zh, sum(w.expected_value) AS value, count(*) AS customers, row_number() OVER (ORDER BY sum(w.expected_value) DESC, w.class) AS place
    FROM score.whitespace AS w
    GROUP BY w.class, w.class_zh
), total AS (
    SELECT count(DISTINCT w.customer_key) AS customers, sum(w.expected_value) AS value
    FROM score.whitespace AS w
)
SELECT t.customers AS found_n, t.value AS value_money, c.class AS class_name, c.class_zh, c.customers AS class_n, c.value AS class_money
FROM total AS t
LEFT JOIN class AS c ON c.place = 1

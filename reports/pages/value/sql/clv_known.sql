-- Customers and what they are expected to bring; those without a value have no known margin.
SELECT count(*) AS customers, count(clv) AS valued, coalesce(sum(clv), 0) AS value, coalesce(sum(sales_to_come), 0) AS sales,
       sum(CAST(p_alive AS DECIMAL(18, 9))) AS alive, sum(CAST(expected_orders AS DECIMAL(18, 9))) AS orders, count(p_alive) AS judged
FROM score.clv

-- What is expected of the customers. Parameter: their keys.
SELECT customer_key, p_alive, expected_orders, orders_low, orders_high, next_order_date, next_order_early, next_order_late, clv, clv_unlimited, sales_to_come
FROM score.clv
WHERE customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY customer_key

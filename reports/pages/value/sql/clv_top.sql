-- Customers of the highest value. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, g.area, g.area_zh, s.last_date, s.p_alive, s.expected_orders, s.orders_low, s.orders_high,
       s.next_order_date, s.next_order_early, s.next_order_late, s.mean_order, s.clv
FROM score.clv AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN core.dim_geo AS g ON g.geo_key = c.geo_key AND g.geo_key <> -1
WHERE s.clv IS NOT NULL
ORDER BY s.clv DESC, s.customer_key
LIMIT ?

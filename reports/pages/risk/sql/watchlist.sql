-- Whom to call. Parameter: how many.
SELECT w.place, c.customer_id, c.name, c.customer_type, e.name AS person, w.last_order, w.silent_days, w.probability, w.value, w.value_at_risk, w.expected_gain, w.is_holdout,
       w.reason_1, w.reason_2, w.reason_3, w.reason_1_zh, w.reason_2_zh, w.reason_3_zh, w.band
FROM score.watchlist AS w
INNER JOIN core.dim_customer AS c ON c.customer_key = w.customer_key
LEFT JOIN core.dim_employee AS e ON e.employee_key = w.employee_key AND e.employee_key <> -1
ORDER BY w.place
LIMIT ?

-- Subjects that customers alike buy and these do not, the largest expected value
-- first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, w.class, w.class_zh, w.expected_value, w.reason, w.reason_zh, count(*) OVER () AS every
FROM score.whitespace AS w
JOIN core.dim_customer AS c ON c.customer_key = w.customer_key
ORDER BY w.expected_value DESC, w.customer_key, w.place
LIMIT ?

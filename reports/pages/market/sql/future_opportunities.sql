-- Open opportunities, those that are worth most first. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, s.date, s.amount, s.probability_left, s.expected_margin, s.reason_1, s.reason_2, s.reason_1_zh, s.reason_2_zh, count(*) OVER () AS every
FROM score.opportunity AS s
LEFT JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
ORDER BY s.place
LIMIT ?

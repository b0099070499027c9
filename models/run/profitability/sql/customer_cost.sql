-- Every allocation with its driver: amount = volume x rate, but for rounding to
-- the fourth decimal in every fact.
CREATE OR REPLACE TABLE score.customer_cost AS
WITH span AS (
    SELECT CAST(? AS DATE) AS first_month, CAST(date_trunc('month', r.as_of) + INTERVAL 1 MONTH AS DATE) AS end_day, r.as_of
    FROM meta.run AS r
), rate AS (
    SELECT name, value FROM meta.cost_rate
), activity AS (
    SELECT a.customer_key, k.type, sum(a.minutes) AS minutes, sum(a.km) AS km, sum(a.cost) AS cost
    FROM core.fact_activity AS a
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
    CROSS JOIN span AS s
    WHERE a.date >= s.first_month AND a.date < s.end_day AND a.customer_key <> -1
    GROUP BY a.customer_key, k.type
), travelled AS (
    SELECT a.customer_key, a.type, a.minutes, a.km, a.cost, CAST(a.km * q.value AS DECIMAL(18, 4)) AS km_cost, q.value AS km_rate
    FROM activity AS a
    CROSS JOIN rate AS q
    WHERE q.name = 'km'
), booked AS (
    SELECT m.customer_key, sum(m.returns) AS returns, CAST(sum(m.return_cost) AS DECIMAL(18, 4)) AS return_cost,
           CAST(sum(m.expense_cost) AS DECIMAL(18, 4)) AS expense_cost, sum(m.sent) AS sent, CAST(sum(m.marketing_cost) AS DECIMAL(18, 4)) AS marketing_cost,
           sum(m.net) AS net, CAST(sum(m.commission) AS DECIMAL(18, 4)) AS commission, CAST(sum(m.capital_cost) AS DECIMAL(18, 4)) AS capital_cost
    FROM core.fact_customer_month AS m
    CROSS JOIN span AS s
    WHERE m.month >= s.first_month AND m.month <= s.as_of AND m.customer_key <> -1
    GROUP BY m.customer_key
), listed AS (
    SELECT t.customer_key, coalesce(t.type, 'other') AS activity, 'minutes' AS driver, CAST(t.minutes AS DOUBLE) AS volume,
           CAST(q.value AS DOUBLE) AS rate, CAST(t.cost - t.km_cost AS DECIMAL(18, 4)) AS amount
    FROM travelled AS t
    LEFT JOIN rate AS q ON q.name = 'minute.activity.' || t.type
    UNION ALL
    SELECT t.customer_key, coalesce(t.type, 'other'), 'km', CAST(t.km AS DOUBLE), CAST(t.km_rate AS DOUBLE), t.km_cost
    FROM travelled AS t
    WHERE t.km <> 0
    UNION ALL
    SELECT k.customer_key, 'ticket', 'minutes', CAST(sum(k.minutes) AS DOUBLE), NULL, CAST(sum(k.cost) AS DECIMAL(18, 4))
    FROM core.fact_ticket AS k
    CROSS JOIN span AS s
    WHERE k.date >= s.first_month AND k.date < s.end_day AND k.customer_key <> -1
    GROUP BY k.customer_key
    UNION ALL
    SELECT m.customer_key, 'returns', 'return lines', CAST(m.returns AS DOUBLE), CAST(q.value AS DOUBLE), m.return_cost
    FROM booked AS m
    CROSS JOIN rate AS q
    WHERE q.name = 'return'
    UNION ALL
    SELECT m.customer_key, 'expense', 'as booked', NULL, NULL, m.expense_cost
    FROM booked AS m
    UNION ALL
    SELECT m.customer_key, 'marketing', 'contacts sent', CAST(m.sent AS DOUBLE), NULL, m.marketing_cost
    FROM booked AS m
    UNION ALL
    SELECT m.customer_key, 'commission', 'net sales', CAST(m.net AS DOUBLE), NULL, m.commission
    FROM booked AS m
    UNION ALL
    SELECT m.customer_key, 'capital', 'money days', CAST(m.capital_cost AS DOUBLE) * 365 / CAST(q.value AS DOUBLE), CAST(q.value AS DOUBLE) / 365, m.capital_cost
    FROM booked AS m
    CROSS JOIN rate AS q
    WHERE q.name = 'capital' AND q.value > 0
    UNION ALL
    SELECT m.customer_key, 'capital', 'money days', NULL, CAST(q.value AS DOUBLE), m.capital_cost
    FROM booked AS m
    CROSS JOIN rate AS q
    WHERE q.name = 'capital' AND q.value <= 0
)
SELECT customer_key, activity, driver, volume, rate, amount
FROM listed
WHERE amount <> 0
ORDER BY customer_key, activity, driver

-- Open receivables at their cost: what a customer owed, day by day, at a day's
-- share of the yearly rate of capital. Days after the as-of date have not come yet.
INSERT INTO star_month_capital
WITH month AS (
    SELECT month_start AS first_day, max(date) + 1 AS end_day FROM core.dim_date WHERE date_key <> -1 GROUP BY month_start
), owed AS (
    SELECT s.customer_key, m.first_day AS month,
           sum(s.open * CAST(least(s.end_day, m.end_day, p.as_of + 1) - greatest(s.first_day, m.first_day) AS INTEGER)) AS money_days
    FROM star_receivable_span s
    CROSS JOIN meta.star_parameter p
    JOIN month m ON m.first_day < s.end_day AND m.end_day > s.first_day AND m.first_day <= p.as_of AND s.first_day <= p.as_of
    GROUP BY s.customer_key, m.first_day
)
SELECT o.customer_key, o.month, CAST(CAST(o.money_days AS DOUBLE) * CAST(r.capital AS DOUBLE) / 365 AS DECIMAL(18, 4))
FROM owed o
CROSS JOIN star_cost_rate r
ORDER BY o.customer_key, o.month;

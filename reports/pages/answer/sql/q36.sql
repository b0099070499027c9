-- Margin of twelve months per hour spent on customers in contacts, by their type:
-- best and worst of types with five hours or more.
WITH run AS (
    SELECT r.as_of, CAST(date_trunc('month', r.as_of) - INTERVAL 11 MONTH AS DATE) AS since
    FROM meta.run AS r
), kind AS (
    SELECT c.customer_type, CAST(sum(m.margin) AS DOUBLE) AS margin, CAST(sum(m.minutes) AS DOUBLE) / 60 AS hours
    FROM core.fact_customer_month AS m
    INNER JOIN core.dim_customer AS c ON c.customer_key = m.customer_key
    CROSS JOIN run AS r
    WHERE m.month BETWEEN r.since AND r.as_of AND m.customer_key <> -1
    GROUP BY c.customer_type
), rated AS (
    SELECT k.customer_type, k.margin / k.hours AS rate, row_number() OVER (ORDER BY k.margin / k.hours DESC NULLS LAST, k.customer_type) AS best, row_number() OVER (ORDER BY k.margin / k.hours NULLS LAST, k.customer_type DESC) AS worst
    FROM kind AS k
    WHERE k.hours >= 5 AND k.margin IS NOT NULL
), total AS (
    SELECT sum(k.hours) AS hours, sum(k.margin) AS margin
    FROM kind AS k
)
SELECT (SELECT count(*) FROM rated) AS found_n, t.hours AS all_hours, t.margin / nullif(t.hours, 0) AS all_money, b.customer_type AS best_type, b.rate AS best_money, w.customer_type AS worst_type, w.rate AS worst_money
FROM total AS t
LEFT JOIN rated AS b ON b.best = 1
LEFT JOIN rated AS w ON w.worst = 1

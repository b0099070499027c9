-- How customers pay, by type. Parameters: first and last day of the twelve months, and of the twelve before.
WITH span AS (
    SELECT CAST(? AS DATE) AS from_1, CAST(? AS DATE) AS to_1, CAST(? AS DATE) AS from_0, CAST(? AS DATE) AS to_0
), paid AS (
    SELECT coalesce(c.customer_type, '') AS customer_type, v.open, v.overdue, v.is_open,
           CASE WHEN v.settled_date BETWEEN s.from_1 AND s.to_1 THEN v.days_to_pay END AS days, CASE WHEN v.settled_date BETWEEN s.from_0 AND s.to_0 THEN v.days_to_pay END AS days_before,
           v.is_paid_late AND v.settled_date BETWEEN s.from_1 AND s.to_1 AS late, v.is_paid AND v.settled_date BETWEEN s.from_1 AND s.to_1 AS settled
    FROM core.fact_receivable AS v
    LEFT JOIN core.dim_customer AS c ON c.customer_key = v.customer_key
    CROSS JOIN span AS s
)
SELECT customer_type, count(CASE WHEN settled THEN 1 END) AS settled, quantile_disc(days, 0.5) AS p50, quantile_disc(days, 0.9) AS p90, quantile_disc(days_before, 0.5) AS before, CAST(count(CASE WHEN late THEN 1 END) AS DOUBLE) / nullif(count(CASE WHEN settled THEN 1 END), 0) AS late,
       sum(CASE WHEN is_open THEN open ELSE 0 END) AS open, sum(overdue) AS overdue
FROM paid
GROUP BY customer_type
HAVING count(CASE WHEN settled THEN 1 END) > 0 OR sum(CASE WHEN is_open THEN open ELSE 0 END) <> 0
ORDER BY open DESC, customer_type

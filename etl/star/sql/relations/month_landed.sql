-- Margins after landed cost: of lines whose landed cost is not known yet, those
-- after their cost so far.
INSERT INTO star_month_landed
SELECT customer_key, CAST(date_trunc('month', order_date) AS DATE) AS month,
       CAST(sum(coalesce(gross_margin, margin)) AS DECIMAL(18, 4)) AS margin
FROM core.fact_order_line
GROUP BY customer_key, CAST(date_trunc('month', order_date) AS DATE)
ORDER BY customer_key, month;

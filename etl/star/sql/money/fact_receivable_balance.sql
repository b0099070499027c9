-- core.fact_receivable_balance: what each customer owed at the end of each kept
-- day, by how long it had been due; at the rates of the invoices. Amounts of
-- different days are not added up. billed_90d, what was billed in the 90 days up
-- to the day, and credit_limit stand on one row of the customer's day; a customer
-- billed in these days has a row even when nothing is open.
CREATE OR REPLACE TABLE core.fact_receivable_balance AS
WITH owing AS (
    SELECT s.customer_key, s.due_date, s.open, greatest(s.first_day, f.day) AS first_day, s.end_day
    FROM star_receivable_span s
    JOIN star_receivable_from f ON f.customer_key = s.customer_key
    WHERE s.end_day > f.day
), aged AS (
    SELECT d.date_key, d.day, s.customer_key, s.open,
           CASE WHEN s.open < 0 THEN 8 WHEN d.day <= s.due_date THEN 1 WHEN d.day - s.due_date <= 30 THEN 2 WHEN d.day - s.due_date <= 60 THEN 3
                WHEN d.day - s.due_date <= 90 THEN 4 WHEN d.day - s.due_date <= 180 THEN 5 WHEN d.day - s.due_date <= 365 THEN 6 ELSE 7 END AS ageing_key
    FROM owing s
    JOIN star_balance_day d ON d.day >= s.first_day AND d.day < s.end_day
), billed AS (
    SELECT e.customer_key, e.day AS inv_date, f.day AS first_day, sum(e.billed) AS billed
    FROM star_receivable_event e
    JOIN star_receivable_from f ON f.customer_key = e.customer_key
    WHERE e.billed IS NOT NULL AND e.day > f.day - 90
    GROUP BY e.customer_key, e.day, f.day
), owed AS (
    SELECT date_key, day, customer_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open, count(*) AS invoices, CAST(0 AS DECIMAL(18, 4)) AS billed_90d
    FROM aged
    GROUP BY date_key, day, customer_key, ageing_key
    UNION ALL
    SELECT d.date_key, d.day, b.customer_key, 1, CAST(0 AS DECIMAL(18, 4)), 0, CAST(sum(b.billed) AS DECIMAL(18, 4))
    FROM billed b
    JOIN star_balance_day d ON b.inv_date > d.day - 90 AND b.inv_date <= d.day AND d.day >= b.first_day
    GROUP BY d.date_key, d.day, b.customer_key
), joined AS (
    SELECT date_key, day, customer_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open, CAST(sum(invoices) AS INTEGER) AS invoices,
           CAST(sum(billed_90d) AS DECIMAL(18, 4)) AS billed_90d
    FROM owed
    GROUP BY date_key, day, customer_key, ageing_key
), led AS (
    SELECT date_key, day, customer_key, ageing_key, open, invoices, billed_90d,
           min(ageing_key) OVER (PARTITION BY date_key, customer_key) AS lead_key
    FROM joined
)
SELECT l.date_key, l.day AS date, l.customer_key, c.geo_key, c.channel_key, c.owner_employee_key AS employee_key, l.ageing_key,
       l.open, CASE WHEN l.ageing_key BETWEEN 2 AND 7 THEN l.open ELSE CAST(0 AS DECIMAL(18, 4)) END AS overdue,
       CASE WHEN c.credit_limit > 0 THEN l.open END AS open_limited, l.invoices, l.billed_90d,
       CASE WHEN l.ageing_key = l.lead_key AND c.credit_limit > 0 THEN c.credit_limit END AS credit_limit
FROM led l
JOIN core.dim_customer c ON c.customer_key = l.customer_key
ORDER BY l.date_key, l.customer_key, l.ageing_key;

-- core.fact_payable_balance: what we owed each supplier at the end of each kept
-- day, by how long it had been due; the rules are those of
-- core.fact_receivable_balance.
CREATE OR REPLACE TABLE core.fact_payable_balance AS
WITH owing AS (
    SELECT s.supplier_key, s.due_date, s.open, greatest(s.first_day, f.day) AS first_day, s.end_day
    FROM star_payable_span s
    JOIN star_payable_from f ON f.supplier_key = s.supplier_key
    WHERE s.end_day > f.day
), aged AS (
    SELECT d.date_key, d.day, s.supplier_key, s.open,
           CASE WHEN s.open < 0 THEN 8 WHEN d.day <= s.due_date THEN 1 WHEN d.day - s.due_date <= 30 THEN 2 WHEN d.day - s.due_date <= 60 THEN 3
                WHEN d.day - s.due_date <= 90 THEN 4 WHEN d.day - s.due_date <= 180 THEN 5 WHEN d.day - s.due_date <= 365 THEN 6 ELSE 7 END AS ageing_key
    FROM owing s
    JOIN star_balance_day d ON d.day >= s.first_day AND d.day < s.end_day
), billed AS (
    SELECT e.supplier_key, e.day AS inv_date, f.day AS first_day, sum(e.billed) AS billed
    FROM star_payable_event e
    JOIN star_payable_from f ON f.supplier_key = e.supplier_key
    WHERE e.billed IS NOT NULL AND e.day > f.day - 90
    GROUP BY e.supplier_key, e.day, f.day
), owed AS (
    SELECT date_key, day, supplier_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open, count(*) AS invoices, CAST(0 AS DECIMAL(18, 4)) AS billed_90d
    FROM aged
    GROUP BY date_key, day, supplier_key, ageing_key
    UNION ALL
    SELECT d.date_key, d.day, b.supplier_key, 1, CAST(0 AS DECIMAL(18, 4)), 0, CAST(sum(b.billed) AS DECIMAL(18, 4))
    FROM billed b
    JOIN star_balance_day d ON b.inv_date > d.day - 90 AND b.inv_date <= d.day AND d.day >= b.first_day
    GROUP BY d.date_key, d.day, b.supplier_key
)
SELECT date_key, day AS date, supplier_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open,
       CAST(sum(CASE WHEN ageing_key BETWEEN 2 AND 7 THEN open ELSE 0 END) AS DECIMAL(18, 4)) AS overdue,
       CAST(sum(invoices) AS INTEGER) AS invoices, CAST(sum(billed_90d) AS DECIMAL(18, 4)) AS billed_90d
FROM owed
GROUP BY date_key, day, supplier_key, ageing_key
ORDER BY date_key, supplier_key, ageing_key;

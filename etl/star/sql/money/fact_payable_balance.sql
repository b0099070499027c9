-- core.fact_payable_balance: what we owed each supplier at the end of each kept
-- day, by how long it had been due; the rules are those of
-- core.fact_receivable_balance.
CREATE OR REPLACE TEMP TABLE star_payable_span AS
WITH event AS (
    SELECT invoice_key, inv_date AS day, CASE WHEN rate = 1 THEN amount_fcy ELSE CAST(CAST(amount_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS delta
    FROM star_supplier_invoice
    WHERE refused IS NULL
    UNION ALL
    SELECT x.invoice_key, x.settled_on, -x.settled
    FROM star_supplier_payment x
    CROSS JOIN meta.star_parameter p
    WHERE x.refused IS NULL AND x.pay_date <= p.as_of
), daily AS (
    SELECT invoice_key, day, CAST(sum(delta) AS DECIMAL(18, 4)) AS delta
    FROM event
    GROUP BY invoice_key, day
), running AS (
    SELECT invoice_key, day AS first_day,
           CAST(sum(delta) OVER (PARTITION BY invoice_key ORDER BY day ROWS UNBOUNDED PRECEDING) AS DECIMAL(18, 4)) AS open,
           coalesce(lead(day) OVER (PARTITION BY invoice_key ORDER BY day), DATE '9999-12-31') AS end_day
    FROM daily
)
SELECT r.invoice_key, r.first_day, r.end_day, r.open, i.supplier_key, i.due_date
FROM running r
JOIN star_supplier_invoice i ON i.invoice_key = r.invoice_key
WHERE r.open <> 0;

CREATE OR REPLACE TABLE core.fact_payable_balance AS
WITH aged AS (
    SELECT d.date_key, d.day, s.supplier_key, s.open,
           CASE WHEN s.open < 0 THEN 8 WHEN d.day <= s.due_date THEN 1 WHEN d.day - s.due_date <= 30 THEN 2 WHEN d.day - s.due_date <= 60 THEN 3
                WHEN d.day - s.due_date <= 90 THEN 4 WHEN d.day - s.due_date <= 180 THEN 5 WHEN d.day - s.due_date <= 365 THEN 6 ELSE 7 END AS ageing_key
    FROM star_payable_span s
    JOIN star_balance_day d ON d.day >= s.first_day AND d.day < s.end_day
), billed AS (
    SELECT supplier_key, inv_date, sum(CASE WHEN rate = 1 THEN amount_fcy ELSE CAST(CAST(amount_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END) AS billed
    FROM star_supplier_invoice
    WHERE refused IS NULL
    GROUP BY supplier_key, inv_date
), owed AS (
    SELECT date_key, day, supplier_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open, count(*) AS invoices, CAST(0 AS DECIMAL(18, 4)) AS billed_90d
    FROM aged
    GROUP BY date_key, day, supplier_key, ageing_key
    UNION ALL
    SELECT d.date_key, d.day, b.supplier_key, 1, CAST(0 AS DECIMAL(18, 4)), 0, CAST(sum(b.billed) AS DECIMAL(18, 4))
    FROM billed b
    JOIN star_balance_day d ON b.inv_date > d.day - 90 AND b.inv_date <= d.day
    GROUP BY d.date_key, d.day, b.supplier_key
)
SELECT date_key, day AS date, supplier_key, ageing_key, CAST(sum(open) AS DECIMAL(18, 4)) AS open,
       CAST(sum(CASE WHEN ageing_key BETWEEN 2 AND 7 THEN open ELSE 0 END) AS DECIMAL(18, 4)) AS overdue,
       CAST(sum(invoices) AS INTEGER) AS invoices, CAST(sum(billed_90d) AS DECIMAL(18, 4)) AS billed_90d
FROM owed
GROUP BY date_key, day, supplier_key, ageing_key
ORDER BY date_key, supplier_key, ageing_key;

DROP TABLE star_payable_span;

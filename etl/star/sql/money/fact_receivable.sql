-- core.fact_receivable: one row an invoice to a customer, as it stands on the
-- as-of date, at the settlement rate of the invoice's day. Payments dated later
-- have not come yet; an invoice dated later owes nothing yet. A payment before
-- its invoice counts from the invoice on. settled_date is the day on which what
-- was paid first came to the total; days_to_pay counts from the invoice,
-- days_late from the due date (negative: early), both unknown while open.
-- fx_difference is what was received at the rates of its days less what it
-- settled at the rate of the invoice.
CREATE OR REPLACE TABLE core.fact_receivable AS
WITH stated AS (
    SELECT i.invoice_id, i.invoice_key, i.date_key, i.inv_date, i.due_date, i.is_due_given, i.customer_key, i.geo_key, i.channel_key, i.employee_key,
           i.currency_key, i.rate, i.total, i.status AS source_status, i.lines, i.source, i._row, p.as_of,
           CASE WHEN i.rate = 1 THEN i.total ELSE CAST(CAST(i.total AS DECIMAL(28, 4)) * i.rate AS DECIMAL(18, 4)) END AS billed,
           CASE WHEN i.rate = 1 THEN i.tax ELSE CAST(CAST(i.tax AS DECIMAL(28, 4)) * i.rate AS DECIMAL(18, 4)) END AS tax,
           coalesce(s.paid_ccy, 0) AS paid_ccy, coalesce(s.paid, 0) AS paid, coalesce(s.received, 0) AS received, coalesce(s.payments, 0) AS payments,
           s.first_payment_date, s.last_payment_date,
           CASE WHEN i.total = 0 THEN i.inv_date ELSE s.settled_date END AS settled_date
    FROM due.invoice d
    JOIN star_invoice i ON i.invoice_id = d.invoice_id AND i.refused IS NULL
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_paid s ON s.invoice_key = i.invoice_key
), open AS (
    SELECT invoice_id, invoice_key, date_key, inv_date, due_date, is_due_given, customer_key, geo_key, channel_key, employee_key, currency_key, rate,
           total, source_status, lines, source, _row, as_of, billed, tax, paid_ccy, paid, received, payments, first_payment_date, last_payment_date,
           CASE WHEN total >= 0 AND paid_ccy >= total OR total < 0 AND paid_ccy <= total THEN settled_date END AS settled_date,
           CASE WHEN inv_date > as_of THEN CAST(0 AS DECIMAL(18, 4)) ELSE CAST(billed - paid AS DECIMAL(18, 4)) END AS open,
           CASE WHEN inv_date > as_of THEN CAST(0 AS DECIMAL(18, 4)) ELSE CAST(total - paid_ccy AS DECIMAL(18, 4)) END AS open_ccy
    FROM stated
)
SELECT invoice_id, invoice_key, date_key, inv_date AS invoice_date,
       CAST(EXTRACT(year FROM due_date) * 10000 + EXTRACT(month FROM due_date) * 100 + EXTRACT(day FROM due_date) AS INTEGER) AS due_date_key,
       due_date, is_due_given, customer_key, geo_key, channel_key, employee_key, currency_key,
       CASE WHEN open = 0 THEN 9 WHEN open < 0 THEN 8 WHEN as_of <= due_date THEN 1 WHEN as_of - due_date <= 30 THEN 2 WHEN as_of - due_date <= 60 THEN 3
            WHEN as_of - due_date <= 90 THEN 4 WHEN as_of - due_date <= 180 THEN 5 WHEN as_of - due_date <= 365 THEN 6 ELSE 7 END AS ageing_key,
       rate, total AS billed_ccy, billed, tax, paid_ccy, paid, open_ccy, open,
       CASE WHEN open > 0 AND as_of > due_date THEN open ELSE CAST(0 AS DECIMAL(18, 4)) END AS overdue,
       CASE WHEN open > 0 AND as_of > due_date THEN CAST(as_of - due_date AS INTEGER) END AS days_past_due,
       due_date <= as_of AND inv_date <= as_of AS is_due, open > 0 AS is_open, open > 0 AND as_of > due_date AS is_overdue, total < 0 AS is_credit,
       CAST(payments AS INTEGER) AS payments, first_payment_date, last_payment_date, settled_date,
       CAST(settled_date - inv_date AS INTEGER) AS days_to_pay, CAST(settled_date - due_date AS INTEGER) AS days_late,
       coalesce(settled_date > due_date, false) AS is_paid_late, settled_date IS NOT NULL AND total > 0 AS is_paid,
       CASE WHEN inv_date > as_of THEN 'not yet' WHEN paid_ccy = total THEN 'paid' WHEN total > 0 AND paid_ccy > total THEN 'overpaid'
            WHEN total < 0 THEN 'credit' WHEN paid_ccy <> 0 THEN 'part paid' ELSE 'open' END AS status,
       source_status, CAST(received - paid AS DECIMAL(18, 4)) AS fx_difference, lines > 0 AS has_lines, source, _row AS source_row
FROM open
ORDER BY invoice_key;

-- core.fact_payable: one row an invoice of a supplier, as it stands on the as-of
-- date, at the settlement rate of the invoice's day; the rules are those of
-- core.fact_receivable. fx_difference is what was paid at the rates of its days
-- less what it settled: positive is a loss.
CREATE OR REPLACE TABLE core.fact_payable AS
WITH stated AS (
    SELECT i.inv_id, i.invoice_key, i.po_id, i.date_key, i.inv_date, i.due_date, i.is_due_given, i.supplier_key, i.currency_key, i.rate, i.amount_fcy,
           i.source, i._row, p.as_of,
           CASE WHEN i.rate = 1 THEN i.amount_fcy ELSE CAST(CAST(i.amount_fcy AS DECIMAL(28, 4)) * i.rate AS DECIMAL(18, 4)) END AS billed,
           coalesce(s.paid_ccy, 0) AS paid_ccy, coalesce(s.paid, 0) AS paid, coalesce(s.spent, 0) AS spent, coalesce(s.payments, 0) AS payments,
           s.first_payment_date, s.last_payment_date,
           CASE WHEN i.amount_fcy = 0 THEN i.inv_date ELSE s.settled_date END AS settled_date
    FROM due.supplier_invoice d
    JOIN star_supplier_invoice i ON i.inv_id = d.inv_id AND i.refused IS NULL
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_supplier_paid s ON s.invoice_key = i.invoice_key
), open AS (
    SELECT inv_id, invoice_key, po_id, date_key, inv_date, due_date, is_due_given, supplier_key, currency_key, rate, amount_fcy, source, _row, as_of,
           billed, paid_ccy, paid, spent, payments, first_payment_date, last_payment_date,
           CASE WHEN amount_fcy >= 0 AND paid_ccy >= amount_fcy OR amount_fcy < 0 AND paid_ccy <= amount_fcy THEN settled_date END AS settled_date,
           CASE WHEN inv_date > as_of THEN CAST(0 AS DECIMAL(18, 4)) ELSE CAST(billed - paid AS DECIMAL(18, 4)) END AS open,
           CASE WHEN inv_date > as_of THEN CAST(0 AS DECIMAL(18, 4)) ELSE CAST(amount_fcy - paid_ccy AS DECIMAL(18, 4)) END AS open_ccy
    FROM stated
)
SELECT inv_id, invoice_key, po_id, date_key, inv_date AS invoice_date,
       CAST(EXTRACT(year FROM due_date) * 10000 + EXTRACT(month FROM due_date) * 100 + EXTRACT(day FROM due_date) AS INTEGER) AS due_date_key,
       due_date, is_due_given, supplier_key, currency_key,
       CASE WHEN open = 0 THEN 9 WHEN open < 0 THEN 8 WHEN as_of <= due_date THEN 1 WHEN as_of - due_date <= 30 THEN 2 WHEN as_of - due_date <= 60 THEN 3
            WHEN as_of - due_date <= 90 THEN 4 WHEN as_of - due_date <= 180 THEN 5 WHEN as_of - due_date <= 365 THEN 6 ELSE 7 END AS ageing_key,
       rate, amount_fcy AS billed_ccy, billed, paid_ccy, paid, open_ccy, open,
       CASE WHEN open > 0 AND as_of > due_date THEN open ELSE CAST(0 AS DECIMAL(18, 4)) END AS overdue,
       CASE WHEN open > 0 AND as_of > due_date THEN CAST(as_of - due_date AS INTEGER) END AS days_past_due,
       due_date <= as_of AND inv_date <= as_of AS is_due, open > 0 AS is_open, open > 0 AND as_of > due_date AS is_overdue, amount_fcy < 0 AS is_credit,
       CAST(payments AS INTEGER) AS payments, first_payment_date, last_payment_date, settled_date,
       CAST(settled_date - inv_date AS INTEGER) AS days_to_pay, CAST(settled_date - due_date AS INTEGER) AS days_late,
       coalesce(settled_date > due_date, false) AS is_paid_late, settled_date IS NOT NULL AND amount_fcy > 0 AS is_paid,
       CASE WHEN inv_date > as_of THEN 'not yet' WHEN paid_ccy = amount_fcy THEN 'paid' WHEN amount_fcy > 0 AND paid_ccy > amount_fcy THEN 'overpaid'
            WHEN amount_fcy < 0 THEN 'credit' WHEN paid_ccy <> 0 THEN 'part paid' ELSE 'open' END AS status,
       CAST(spent - paid AS DECIMAL(18, 4)) AS fx_difference, source, _row AS source_row
FROM open
ORDER BY invoice_key;

-- core.fact_supplier_payment: one row a payment to a supplier: amount at the rate
-- it was settled at, settled at the rate of the invoice.
CREATE OR REPLACE TABLE core.fact_supplier_payment AS
SELECT x.pay_id, x.inv_id, x.invoice_key,
       CAST(EXTRACT(year FROM x.pay_date) * 10000 + EXTRACT(month FROM x.pay_date) * 100 + EXTRACT(day FROM x.pay_date) AS INTEGER) AS date_key,
       x.pay_date AS payment_date, x.inv_date AS invoice_date, x.supplier_key, x.currency_key, x.rate, x.amount_fcy AS amount_ccy, x.amount, x.settled,
       CAST(x.amount - x.settled AS DECIMAL(18, 4)) AS fx_difference,
       CAST(x.pay_date - x.inv_date AS INTEGER) AS days_to_pay, CAST(x.pay_date - x.due_date AS INTEGER) AS days_late,
       coalesce(x.pay_date > x.due_date, false) AS is_late, x.pay_date < x.inv_date AS is_prepaid, x.source, x._row AS source_row
FROM due.supplier_payment d
JOIN star_supplier_payment x ON x.pay_id = d.pay_id AND x.refused IS NULL
ORDER BY x.pay_date, x.pay_id;

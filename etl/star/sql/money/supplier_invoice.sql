-- What facts need of suppliers' invoices and of what was paid on them. An invoice
-- is valued at the settlement rate of its day; without a due date it is due after
-- the supplier's payment days, else after 30. A payment is in the invoice's
-- currency, worth fx_settle where it is stated, else the settlement rate of its
-- day; what it settles is at the invoice's rate.
CREATE OR REPLACE TEMP TABLE star_supplier_invoice AS
WITH numbered AS (
    SELECT inv_id, CAST(row_number() OVER (ORDER BY inv_date, inv_id) AS INTEGER) AS invoice_key
    FROM stage.supplier_invoice
), priced AS (
    SELECT i.inv_id, i.supplier_id, i.inv_date, i.due_date, coalesce(i.ccy, p.currency) AS ccy, i.amount_fcy, i.po_id,
           coalesce(i.is_deleted, false) AS is_deleted, i.source, i._row,
           EXTRACT(year FROM i.inv_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated,
           CASE WHEN coalesce(i.ccy, p.currency) = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.settle END AS rate
    FROM stage.supplier_invoice i
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = i.inv_date
)
SELECT i.inv_id, n.invoice_key, i.inv_date, i.ccy, i.amount_fcy, i.po_id, i.rate, i.source, i._row,
       CAST(EXTRACT(year FROM i.inv_date) * 10000 + EXTRACT(month FROM i.inv_date) * 100 + EXTRACT(day FROM i.inv_date) AS INTEGER) AS date_key,
       coalesce(i.due_date, i.inv_date + coalesce(s.payment_days, 30)) AS due_date,
       i.due_date IS NOT NULL AS is_due_given,
       coalesce(d.supplier_key, -1) AS supplier_key, coalesce(y.currency_key, -1) AS currency_key,
       CASE WHEN i.is_deleted THEN 'deleted in source'
            WHEN NOT coalesce(i.is_dated, false) THEN 'inv_date: outside the calendar'
            WHEN i.rate IS NULL THEN 'no rate'
            WHEN NOT CAST(i.amount_fcy AS DOUBLE) * CAST(greatest(i.rate, CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
            THEN 'amount: missing or too large' END AS refused
FROM priced i
JOIN numbered n ON n.inv_id = i.inv_id
LEFT JOIN stage.supplier s ON s.supplier_id = i.supplier_id
LEFT JOIN core.dim_supplier d ON d.supplier_id = CAST(i.supplier_id AS VARCHAR)
LEFT JOIN core.dim_currency y ON y.ccy = i.ccy;

CREATE OR REPLACE TEMP TABLE star_supplier_payment AS
WITH priced AS (
    SELECT x.pay_id, x.inv_id, x.pay_date, x.amount_fcy, x.source, x._row, coalesce(x.is_deleted, false) AS is_deleted,
           i.inv_id IS NOT NULL AS is_linked, i.refused AS invoice_refused, i.invoice_key, i.inv_date, i.due_date, i.supplier_key, i.currency_key, i.rate AS invoice_rate,
           CASE WHEN i.ccy = p.currency THEN CAST(1 AS DECIMAL(18, 8)) WHEN x.fx_settle > 0 THEN x.fx_settle ELSE r.settle END AS rate,
           EXTRACT(year FROM x.pay_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated
    FROM stage.supplier_payment x
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_supplier_invoice i ON i.inv_id = x.inv_id
    LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = x.pay_date
), judged AS (
    SELECT pay_id, inv_id, pay_date, amount_fcy, source, _row, invoice_key, inv_date, due_date, supplier_key, currency_key, invoice_rate, rate,
           CASE WHEN is_deleted THEN 'deleted in source'
                WHEN NOT is_linked THEN 'no invoice'
                WHEN invoice_refused IS NOT NULL THEN 'invoice set aside'
                WHEN NOT coalesce(is_dated, false) THEN 'pay_date: outside the calendar'
                WHEN rate IS NULL THEN 'no rate'
                WHEN NOT CAST(amount_fcy AS DOUBLE) * CAST(greatest(rate, invoice_rate, CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
                THEN 'amount: missing or too large' END AS refused
    FROM priced
), running AS (
    SELECT pay_id, inv_id, pay_date, greatest(pay_date, inv_date) AS settled_on, amount_fcy, source, _row, invoice_key, inv_date, due_date, supplier_key, currency_key,
           invoice_rate, rate, refused,
           CAST(CASE WHEN refused IS NULL THEN sum(CASE WHEN refused IS NULL THEN amount_fcy ELSE 0 END)
                OVER (PARTITION BY invoice_key ORDER BY greatest(pay_date, inv_date), pay_id ROWS UNBOUNDED PRECEDING) END AS DECIMAL(28, 4)) AS paid_so_far
    FROM judged
)
SELECT pay_id, inv_id, pay_date, settled_on, amount_fcy, source, _row, invoice_key, inv_date, due_date, supplier_key, currency_key, rate, refused, paid_so_far,
       CASE WHEN refused IS NOT NULL THEN NULL
            WHEN invoice_rate = 1 THEN amount_fcy
            ELSE CAST(CAST(paid_so_far * invoice_rate AS DECIMAL(28, 4)) - CAST((paid_so_far - amount_fcy) * invoice_rate AS DECIMAL(28, 4)) AS DECIMAL(18, 4)) END AS settled,
       CASE WHEN refused IS NOT NULL THEN NULL
            WHEN rate = 1 THEN amount_fcy
            ELSE CAST(CAST(amount_fcy AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS amount
FROM running;

CREATE OR REPLACE TEMP TABLE star_supplier_paid AS
SELECT x.invoice_key, count(*) AS payments, CAST(sum(x.amount_fcy) AS DECIMAL(18, 4)) AS paid_ccy, CAST(sum(x.settled) AS DECIMAL(18, 4)) AS paid,
       CAST(sum(x.amount) AS DECIMAL(18, 4)) AS spent, min(x.pay_date) AS first_payment_date, max(x.pay_date) AS last_payment_date,
       min(CASE WHEN i.amount_fcy > 0 AND x.paid_so_far >= i.amount_fcy OR i.amount_fcy < 0 AND x.paid_so_far <= i.amount_fcy THEN x.settled_on END) AS settled_date
FROM star_supplier_payment x
JOIN star_supplier_invoice i ON i.invoice_key = x.invoice_key
CROSS JOIN meta.star_parameter p
WHERE x.refused IS NULL AND x.pay_date <= p.as_of
GROUP BY x.invoice_key;

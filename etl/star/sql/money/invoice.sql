-- What facts need of an invoice. It is valued at the settlement rate of its day.
-- Without a due date it is due after the customer's credit days, else after 30.
-- Drafts and cancelled invoices are not billed; they and what cannot be placed
-- are refused.
CREATE OR REPLACE TEMP TABLE star_invoice AS
WITH lines AS (
    SELECT invoice_id, count(*) AS lines, CAST(sum(amount) AS DECIMAL(38, 4)) AS amount, count(tax) AS taxed
    FROM stage.invoice_line
    WHERE NOT coalesce(is_deleted, false)
    GROUP BY invoice_id
), numbered AS (
    SELECT invoice_id, CAST(row_number() OVER (ORDER BY inv_date, invoice_id) AS INTEGER) AS invoice_key
    FROM stage.invoice
), priced AS (
    SELECT i.invoice_id, i.customer_id, i.inv_date, i.due_date, coalesce(i.ccy, p.currency) AS ccy, i.total, coalesce(i.tax, 0) AS tax,
           lower(trim(i.status)) AS status, coalesce(i.is_deleted, false) AS is_deleted, i.source, i._row,
           EXTRACT(year FROM i.inv_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated,
           CASE WHEN coalesce(i.ccy, p.currency) = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.settle END AS rate,
           CASE WHEN coalesce(i.ccy, p.currency) = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE k.rate END AS rate_constant
    FROM stage.invoice i
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = i.inv_date
    LEFT JOIN meta.constant_rate k ON k.ccy = i.ccy
)
SELECT i.invoice_id, n.invoice_key, i.inv_date, i.ccy, i.total, i.tax, i.rate, i.rate_constant, i.status, i.source, i._row,
       CAST(EXTRACT(year FROM i.inv_date) * 10000 + EXTRACT(month FROM i.inv_date) * 100 + EXTRACT(day FROM i.inv_date) AS INTEGER) AS date_key,
       coalesce(i.due_date, i.inv_date + coalesce(d.credit_days, 30)) AS due_date,
       i.due_date IS NOT NULL AS is_due_given,
       coalesce(d.customer_key, -1) AS customer_key, coalesce(d.geo_key, -1) AS geo_key, coalesce(d.channel_key, -1) AS channel_key,
       coalesce(d.owner_employee_key, -1) AS employee_key, coalesce(y.currency_key, -1) AS currency_key,
       coalesce(l.lines, 0) AS lines, l.amount AS lines_amount, coalesce(l.taxed, 0) AS lines_taxed,
       CASE WHEN i.is_deleted THEN 'deleted in source'
            WHEN i.status IN ('draft', 'proforma', 'cancel', 'cancelled', 'canceled', 'void', 'voided', '草稿', '作废', '已作废', '取消', '已取消') THEN 'status: not billed'
            WHEN NOT coalesce(i.is_dated, false) THEN 'inv_date: outside the calendar'
            WHEN i.rate IS NULL THEN 'no rate'
            WHEN NOT CAST(i.total AS DOUBLE) * CAST(greatest(i.rate, coalesce(i.rate_constant, i.rate), CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
            THEN 'amount: missing or too large' END AS refused
FROM priced i
JOIN numbered n ON n.invoice_id = i.invoice_id
LEFT JOIN star_customer_map c ON c.customer_id = i.customer_id
LEFT JOIN core.dim_customer d ON d.customer_key = c.customer_key
LEFT JOIN core.dim_currency y ON y.ccy = i.ccy
LEFT JOIN lines l ON l.invoice_id = i.invoice_id;

-- core.fact_payment: one row an allocation of a payment to an invoice (kind
-- allocated), and one row for what is left of a payment, so that its rows add up
-- to it: unallocated; overallocated, negative, where more was allocated than
-- paid; exchange, where allocations in another currency leave up to 5 %.
-- amount is at the settlement rate of the payment's day, settled at that of the
-- invoice's; fx_difference is amount less settled. days_to_pay counts from the
-- invoice and days_late from its due date; payments before the invoice have
-- negative days.
CREATE OR REPLACE TABLE core.fact_payment AS
WITH paid AS (
    SELECT p.payment_id, p.payment_key, p.date_key, p.pay_date, p.customer_key, p.geo_key, p.channel_key, p.employee_key, p.currency_key, p.rate,
           p.amount, p.method, p.source, p._row,
           CASE WHEN p.rate = 1 THEN p.amount ELSE CAST(CAST(p.amount AS DECIMAL(28, 4)) * p.rate AS DECIMAL(18, 4)) END AS value
    FROM due.payment d
    JOIN star_payment p ON p.payment_id = d.payment_id AND p.refused IS NULL
), allocated AS (
    SELECT a.payment_key, count(*) AS parts, CAST(sum(a.amount_ccy) AS DECIMAL(28, 4)) AS amount_ccy, CAST(sum(a.amount) AS DECIMAL(28, 4)) AS amount,
           max(CASE WHEN a.is_exchanged THEN 1 ELSE 0 END) AS exchanged
    FROM star_allocation a
    JOIN paid p ON p.payment_key = a.payment_key
    GROUP BY a.payment_key
), row_of AS (
    SELECT p.payment_id, p.payment_key, p.date_key, p.pay_date, p.customer_key, p.geo_key, p.channel_key, p.employee_key, p.currency_key, p.method, p.source, p._row,
           a.invoice_id, a.invoice_key, a.inv_date, a.due_date, 'allocated' AS kind, a.amount_ccy, a.amount, a.settled_ccy, a.settled
    FROM paid p
    JOIN star_allocation a ON a.payment_key = p.payment_key
    UNION ALL
    SELECT p.payment_id, p.payment_key, p.date_key, p.pay_date, p.customer_key, p.geo_key, p.channel_key, p.employee_key, p.currency_key, p.method, p.source, p._row,
           NULL, -1, NULL, NULL,
           CASE WHEN t.exchanged = 1 AND abs(p.amount - t.amount_ccy) <= abs(p.amount) * 0.05 THEN 'exchange'
                WHEN t.parts > 0 AND (p.amount >= 0 AND t.amount_ccy > p.amount OR p.amount < 0 AND t.amount_ccy < p.amount) THEN 'overallocated'
                ELSE 'unallocated' END,
           CAST(p.amount - coalesce(t.amount_ccy, 0) AS DECIMAL(18, 4)), CAST(p.value - coalesce(t.amount, 0) AS DECIMAL(18, 4)), NULL, NULL
    FROM paid p
    LEFT JOIN allocated t ON t.payment_key = p.payment_key
    WHERE t.parts IS NULL OR p.amount <> t.amount_ccy
)
SELECT x.payment_id, x.payment_key, x.invoice_id, x.invoice_key, x.kind, x.date_key, x.pay_date AS payment_date, x.inv_date AS invoice_date,
       CASE WHEN x.customer_key <> -1 THEN x.customer_key ELSE coalesce(i.customer_key, -1) END AS customer_key,
       CASE WHEN x.customer_key <> -1 THEN x.geo_key ELSE coalesce(i.geo_key, -1) END AS geo_key,
       CASE WHEN x.customer_key <> -1 THEN x.channel_key ELSE coalesce(i.channel_key, -1) END AS channel_key,
       CASE WHEN x.customer_key <> -1 THEN x.employee_key ELSE coalesce(i.employee_key, -1) END AS employee_key,
       x.currency_key, coalesce(h.payment_method_key, -1) AS payment_method_key, x.method, x.amount_ccy, x.amount, x.settled_ccy, x.settled, CAST(x.amount - x.settled AS DECIMAL(18, 4)) AS fx_difference,
       x.kind = 'allocated' AS is_allocated, x.kind = 'unallocated' AS is_unallocated, x.kind = 'overallocated' AS is_overallocated,
       CAST(x.pay_date - x.inv_date AS INTEGER) AS days_to_pay, CAST(x.pay_date - x.due_date AS INTEGER) AS days_late,
       coalesce(x.pay_date < x.inv_date, false) AS is_prepaid, coalesce(x.pay_date > x.due_date, false) AS is_late,
       x.source, x._row AS source_row
FROM row_of x
LEFT JOIN star_invoice i ON i.invoice_key = x.invoice_key
LEFT JOIN core.dim_payment_method h ON h.name = x.method
ORDER BY x.payment_key, x.invoice_key, x.settled_ccy NULLS LAST, x.amount_ccy;

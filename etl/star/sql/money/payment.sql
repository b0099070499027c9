-- What facts need of payments and of what they settle. A payment is valued at the
-- settlement rate of its day; what it settles, at the rate of the invoice, so
-- that an invoice paid in full leaves nothing open. Amounts are rounded as they
-- add up: the parts of an invoice or payment sum to the rounded whole.
-- An allocation is in the invoice's currency; where the payment is in another, its
-- part of the payment is worth the same on the day of the payment.
CREATE OR REPLACE TEMP TABLE star_payment AS
WITH numbered AS (
    SELECT payment_id, CAST(row_number() OVER (ORDER BY pay_date, payment_id) AS INTEGER) AS payment_key
    FROM stage.payment
), priced AS (
    SELECT x.payment_id, x.customer_id, x.pay_date, coalesce(x.ccy, p.currency) AS ccy, x.amount, lower(trim(x.method)) AS method,
           coalesce(x.is_deleted, false) AS is_deleted, x.source, x._row,
           EXTRACT(year FROM x.pay_date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1 AS is_dated,
           CASE WHEN coalesce(x.ccy, p.currency) = p.currency THEN CAST(1 AS DECIMAL(18, 8)) ELSE r.settle END AS rate
    FROM stage.payment x
    CROSS JOIN meta.star_parameter p
    LEFT JOIN star_rate_day r ON r.ccy = x.ccy AND r.day = x.pay_date
)
SELECT x.payment_id, n.payment_key, x.pay_date, x.ccy, x.amount, x.rate, x.method, x.source, x._row,
       CAST(EXTRACT(year FROM x.pay_date) * 10000 + EXTRACT(month FROM x.pay_date) * 100 + EXTRACT(day FROM x.pay_date) AS INTEGER) AS date_key,
       coalesce(d.customer_key, -1) AS customer_key, coalesce(d.geo_key, -1) AS geo_key, coalesce(d.channel_key, -1) AS channel_key,
       coalesce(d.owner_employee_key, -1) AS employee_key, coalesce(y.currency_key, -1) AS currency_key,
       CASE WHEN x.is_deleted THEN 'deleted in source'
            WHEN NOT coalesce(x.is_dated, false) THEN 'pay_date: outside the calendar'
            WHEN x.rate IS NULL THEN 'no rate'
            WHEN NOT CAST(x.amount AS DOUBLE) * CAST(greatest(x.rate, CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
            THEN 'amount: missing or too large' END AS refused
FROM priced x
JOIN numbered n ON n.payment_id = x.payment_id
LEFT JOIN star_customer_map c ON c.customer_id = x.customer_id
LEFT JOIN core.dim_customer d ON d.customer_key = c.customer_key
LEFT JOIN core.dim_currency y ON y.ccy = x.ccy;

CREATE OR REPLACE TEMP TABLE star_allocation AS
WITH part AS (
    SELECT a.payment_id, p.payment_key, i.invoice_id, i.invoice_key, i.inv_date, i.due_date, i.rate AS invoice_rate, p.rate AS payment_rate,
           p.pay_date, greatest(p.pay_date, i.inv_date) AS settled_on, a.amount AS settled_ccy, a.source, a._row,
           CASE WHEN i.ccy = p.ccy THEN a.amount
                ELSE TRY_CAST(CAST(a.amount AS DOUBLE) * CAST(coalesce(r.settle, i.rate) AS DOUBLE) / CAST(p.rate AS DOUBLE) AS DECIMAL(18, 4)) END AS amount_ccy,
           i.ccy <> p.ccy AS is_exchanged
    FROM stage.payment_alloc a
    JOIN star_payment p ON p.payment_id = a.payment_id AND p.refused IS NULL
    JOIN star_invoice i ON i.invoice_id = a.invoice_id AND i.refused IS NULL
    LEFT JOIN star_rate_day r ON r.ccy = i.ccy AND r.day = p.pay_date
    WHERE NOT coalesce(a.is_deleted, false)
      AND CAST(a.amount AS DOUBLE) * CAST(greatest(i.rate, p.rate, CAST(1 AS DECIMAL(18, 8))) AS DOUBLE) BETWEEN -9E13 AND 9E13
), running AS (
    SELECT payment_id, payment_key, invoice_id, invoice_key, inv_date, due_date, invoice_rate, payment_rate, pay_date, settled_on,
           settled_ccy, amount_ccy, is_exchanged, source, _row,
           CAST(sum(settled_ccy) OVER (PARTITION BY invoice_key ORDER BY settled_on, payment_key, source, _row, settled_ccy ROWS UNBOUNDED PRECEDING) AS DECIMAL(28, 4)) AS settled_so_far,
           CAST(sum(amount_ccy) OVER (PARTITION BY payment_key ORDER BY invoice_key, source, _row, settled_ccy ROWS UNBOUNDED PRECEDING) AS DECIMAL(28, 4)) AS amount_so_far
    FROM part
)
SELECT payment_id, payment_key, invoice_id, invoice_key, inv_date, due_date, pay_date, settled_on, settled_ccy, amount_ccy, is_exchanged,
       source, _row, settled_so_far,
       CASE WHEN invoice_rate = 1 THEN settled_ccy
            ELSE CAST(CAST(settled_so_far * invoice_rate AS DECIMAL(28, 4)) - CAST((settled_so_far - settled_ccy) * invoice_rate AS DECIMAL(28, 4)) AS DECIMAL(18, 4)) END AS settled,
       CASE WHEN payment_rate = 1 THEN amount_ccy
            ELSE CAST(CAST(amount_so_far * payment_rate AS DECIMAL(28, 4)) - CAST((amount_so_far - amount_ccy) * payment_rate AS DECIMAL(28, 4)) AS DECIMAL(18, 4)) END AS amount
FROM running;

CREATE OR REPLACE TEMP TABLE star_paid AS
SELECT a.invoice_key, count(*) AS payments, CAST(sum(a.settled_ccy) AS DECIMAL(18, 4)) AS paid_ccy, CAST(sum(a.settled) AS DECIMAL(18, 4)) AS paid,
       CAST(sum(a.amount) AS DECIMAL(18, 4)) AS received, min(a.pay_date) AS first_payment_date, max(a.pay_date) AS last_payment_date,
       min(CASE WHEN i.total > 0 AND a.settled_so_far >= i.total OR i.total < 0 AND a.settled_so_far <= i.total THEN a.settled_on END) AS settled_date
FROM star_allocation a
JOIN star_invoice i ON i.invoice_key = a.invoice_key
CROSS JOIN meta.star_parameter p
WHERE a.pay_date <= p.as_of
GROUP BY a.invoice_key;

-- What changed of each receivable by day: billed at the invoice's date, settled
-- when it was paid, at the rate of the invoice; and what was open in between.
CREATE OR REPLACE TEMP TABLE star_receivable_event AS
WITH event AS (
    SELECT invoice_id, inv_date AS day, CASE WHEN rate = 1 THEN total ELSE CAST(CAST(total AS DECIMAL(28, 4)) * rate AS DECIMAL(18, 4)) END AS delta, true AS is_bill
    FROM star_invoice
    WHERE refused IS NULL
    UNION ALL
    SELECT a.invoice_id, a.settled_on, -a.settled, false
    FROM star_allocation a
    CROSS JOIN meta.star_parameter p
    WHERE a.pay_date <= p.as_of
), daily AS (
    SELECT invoice_id, day, CAST(sum(delta) AS DECIMAL(18, 4)) AS delta, CAST(sum(CASE WHEN is_bill THEN delta END) AS DECIMAL(18, 4)) AS billed
    FROM event
    GROUP BY invoice_id, day
)
SELECT i.customer_key, d.invoice_id, d.day, i.due_date, d.delta, d.billed
FROM daily d
JOIN star_invoice i ON i.invoice_id = d.invoice_id;

CREATE OR REPLACE TEMP TABLE star_receivable_span AS
WITH running AS (
    SELECT customer_key, invoice_id, due_date, day AS first_day,
           CAST(sum(delta) OVER (PARTITION BY invoice_id ORDER BY day ROWS UNBOUNDED PRECEDING) AS DECIMAL(18, 4)) AS open,
           coalesce(lead(day) OVER (PARTITION BY invoice_id ORDER BY day), DATE '9999-12-31') AS end_day
    FROM star_receivable_event
)
SELECT customer_key, first_day, end_day, open, due_date
FROM running
WHERE open <> 0;

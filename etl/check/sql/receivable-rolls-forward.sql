-- table: invoice
-- severity: error
-- threshold: 0
-- needs: invoice
-- description: Days on which what customers owe is not what they owed the day before, plus billed, less paid
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(DISTINCT date_key) FROM core.fact_receivable_balance
WITH balance AS (
  SELECT date, sum(open) AS open, lag(date) OVER (ORDER BY date) AS before
  FROM core.fact_receivable_balance
  GROUP BY date
), billed AS (
  SELECT b.date, sum(r.billed) AS billed
  FROM (SELECT invoice_date, sum(billed) AS billed FROM core.fact_receivable GROUP BY invoice_date) r
  JOIN balance b ON r.invoice_date <= b.date AND (b.before IS NULL OR r.invoice_date > b.before)
  GROUP BY b.date
), paid AS (
  SELECT b.date, sum(x.settled) AS settled
  FROM (
    SELECT greatest(p.payment_date, p.invoice_date) AS day, sum(p.settled) AS settled
    FROM core.fact_payment p CROSS JOIN meta.run m
    WHERE p.is_allocated AND p.payment_date <= m.as_of
    GROUP BY greatest(p.payment_date, p.invoice_date)
  ) x
  JOIN balance b ON x.day <= b.date AND (b.before IS NULL OR x.day > b.before)
  GROUP BY b.date
)
SELECT d.date, d.open AS value, d.opening, d.billed, d.paid
FROM (
  SELECT b.date, b.open, coalesce(o.open, 0) AS opening, coalesce(r.billed, 0) AS billed, coalesce(x.settled, 0) AS paid
  FROM balance b
  LEFT JOIN balance o ON o.date = b.before
  LEFT JOIN billed r ON r.date = b.date
  LEFT JOIN paid x ON x.date = b.date
) d
WHERE d.open <> d.opening + d.billed - d.paid

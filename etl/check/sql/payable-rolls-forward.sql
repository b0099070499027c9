-- table: supplier_invoice
-- severity: error
-- threshold: 0
-- needs: supplier_invoice
-- description: Days on which what we owe suppliers is not what we owed the day before, plus billed, less paid
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(DISTINCT date_key) FROM core.fact_payable_balance
SELECT d.date, d.open AS value, d.opening, d.billed, d.paid
FROM (
  SELECT b.date, b.open,
    coalesce((SELECT sum(p.open) FROM core.fact_payable_balance p WHERE p.date = b.before), 0) AS opening,
    coalesce((SELECT sum(r.billed) FROM core.fact_payable r WHERE r.invoice_date <= b.date AND (b.before IS NULL OR r.invoice_date > b.before)), 0) AS billed,
    coalesce((SELECT sum(x.settled) FROM core.fact_supplier_payment x CROSS JOIN meta.run m
      WHERE x.payment_date <= m.as_of AND greatest(x.payment_date, x.invoice_date) <= b.date
        AND (b.before IS NULL OR greatest(x.payment_date, x.invoice_date) > b.before)), 0) AS paid
  FROM (SELECT date, sum(open) AS open, lag(date) OVER (ORDER BY date) AS before FROM core.fact_payable_balance GROUP BY date) b
) d
WHERE d.open <> d.opening + d.billed - d.paid

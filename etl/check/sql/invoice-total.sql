-- table: invoice
-- severity: warn
-- threshold: 0.005
-- needs: invoice, invoice_line
-- description: Invoices whose total is not the sum of their lines and tax, by more than a cent a line
-- hint: Look for missing lines, freight inside the total, or line amounts that include tax already.
-- tested: SELECT count(DISTINCT l.invoice_id) FROM stage.invoice_line l JOIN stage.invoice i ON i.invoice_id = l.invoice_id
SELECT i.invoice_id, i.total AS value, l.amount + coalesce(l.tax, i.tax, 0) AS lines_and_tax
FROM stage.invoice i
JOIN (
  SELECT invoice_id, count(*) AS n, sum(amount) AS amount, sum(tax) AS tax
  FROM stage.invoice_line WHERE NOT coalesce(is_deleted, false) GROUP BY invoice_id
) l ON l.invoice_id = i.invoice_id
WHERE NOT coalesce(i.is_deleted, false) AND abs(i.total - l.amount - coalesce(l.tax, i.tax, 0)) > 0.01 * l.n

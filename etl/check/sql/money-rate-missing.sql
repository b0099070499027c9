-- table: fx_rate
-- severity: warn
-- threshold: 0.001
-- needs: invoice
-- description: Invoices and payments in a foreign currency without an exchange rate on their date
-- hint: Supply the rates in fx_rate; these rows wait in quarantine (reason no rate) and are neither owed nor paid.
-- tested: SELECT (SELECT count(*) FROM stage.invoice) + (SELECT count(*) FROM stage.payment) + (SELECT count(*) FROM stage.supplier_invoice) + (SELECT count(*) FROM stage.supplier_payment)
SELECT 'invoice' AS "table", source, record, value FROM quarantine.invoice WHERE reason = 'no rate'
UNION ALL
SELECT 'payment', source, record, value FROM quarantine.payment WHERE reason = 'no rate'
UNION ALL
SELECT 'supplier_invoice', source, record, value FROM quarantine.supplier_invoice WHERE reason = 'no rate'
UNION ALL
SELECT 'supplier_payment', source, record, value FROM quarantine.supplier_payment WHERE reason = 'no rate'

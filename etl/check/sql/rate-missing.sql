-- table: fx_rate
-- severity: warn
-- threshold: 0.01
-- needs: order_line
-- description: Order lines in a foreign currency without an exchange rate on their date
-- hint: Supply the rates in fx_rate; these lines wait in quarantine.order_line (reason no rate).
-- tested: SELECT (SELECT count(*) FROM stage.order_line)
SELECT source, record, value
FROM quarantine.order_line
WHERE reason = 'no rate'

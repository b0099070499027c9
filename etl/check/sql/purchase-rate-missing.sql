-- table: purchase_line
-- severity: warn
-- threshold: 0.01
-- needs: purchase_line, purchase_order
-- description: Purchase lines without a rate on the day of their order
-- hint: Their cost in report currency is unknown; add the rates to fx_rate.
-- tested: SELECT count(*) FROM core.fact_purchase_line
SELECT f.po_line_id, f.po_date, c.ccy AS value
FROM core.fact_purchase_line f
JOIN core.dim_currency c ON c.currency_key = f.currency_key
WHERE f.rate IS NULL AND f.po_date IS NOT NULL

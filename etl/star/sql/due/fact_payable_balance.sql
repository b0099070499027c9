-- Balances to be made anew: of suppliers from the first day on that has changed,
-- and of days that are kept no longer.
SELECT f.supplier_key, f.date_key
FROM core.fact_payable_balance f
JOIN star_payable_from s ON s.supplier_key = f.supplier_key AND f.date >= s.day
UNION
SELECT s.supplier_key, d.date_key
FROM star_payable_from s
JOIN star_balance_day d ON d.day >= s.day
UNION
SELECT f.supplier_key, f.date_key
FROM core.fact_payable_balance f
WHERE f.date_key IN (SELECT date_key FROM due.moved_balance_day)

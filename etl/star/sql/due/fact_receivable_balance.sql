-- Balances to be made anew: of customers from the first day on that has changed,
-- and of days that are kept no longer.
SELECT f.customer_key, f.date_key
FROM core.fact_receivable_balance f
JOIN star_receivable_from c ON c.customer_key = f.customer_key AND f.date >= c.day
UNION
SELECT c.customer_key, d.date_key
FROM star_receivable_from c
JOIN star_balance_day d ON d.day >= c.day
UNION
SELECT f.customer_key, f.date_key
FROM core.fact_receivable_balance f
WHERE f.date_key IN (SELECT date_key FROM due.moved_balance_day)

-- What is owed, by age. Parameter: keys of customers.
SELECT f.customer_key, a.name, a.name_zh, a.is_overdue, count(*) AS invoices, sum(f.open) AS open
FROM core.fact_receivable AS f
JOIN core.dim_ageing AS a ON a.ageing_key = f.ageing_key
WHERE f.is_open AND f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
GROUP BY f.customer_key, a.ageing_key, a.name, a.name_zh, a.is_overdue
ORDER BY f.customer_key, a.ageing_key

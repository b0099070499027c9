-- Net sales by month over 24 months that end with the as-of date. Parameter: keys
-- of customers.
SELECT f.customer_key, f.month, sum(f.net) AS net
FROM core.fact_customer_month AS f
CROSS JOIN meta.run AS r
WHERE f.month > r.as_of - INTERVAL 24 MONTH AND f.month <= r.as_of
  AND f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
GROUP BY f.customer_key, f.month
ORDER BY f.customer_key, f.month

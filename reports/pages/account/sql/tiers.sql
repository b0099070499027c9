-- The months in which the tier changed, latest first, at most 6. Parameter: keys of
-- customers.
SELECT m.customer_key, m.month, m.before, m.tier
FROM (
  SELECT t.customer_key, t.month, t.before, t.tier, row_number() OVER (PARTITION BY t.customer_key ORDER BY t.month DESC) AS place
  FROM (
    SELECT f.customer_key, f.month, s.tier, lag(s.tier) OVER (PARTITION BY f.customer_key ORDER BY f.month) AS before
    FROM core.fact_customer_month AS f
    JOIN core.dim_customer_state AS s ON s.state_key = f.state_key
    WHERE f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
  ) AS t
  WHERE t.before IS NOT NULL AND t.before <> t.tier
) AS m
WHERE m.place <= 6
ORDER BY m.customer_key, m.month DESC

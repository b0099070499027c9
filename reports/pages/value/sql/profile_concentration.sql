-- What the first customers hold, by sales and by margin.
SELECT c.basis, c.share_of_customers, c.customers, c."value", c.share_of_value
FROM score.concentration AS c
WHERE c.share_of_customers IN (0.01, 0.05, 0.2)
ORDER BY c.basis DESC, c.share_of_customers

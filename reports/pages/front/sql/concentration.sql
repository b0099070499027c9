-- The curve of concentration by revenue.
SELECT share_of_customers, customers, "value", share_of_value
FROM score.concentration
WHERE basis = 'revenue'
ORDER BY share_of_customers, customers

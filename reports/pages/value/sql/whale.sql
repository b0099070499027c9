-- The whale curve at every twentieth of the customers.
SELECT share_of_customers, customers, profit
FROM score.whale
WHERE CAST(round(share_of_customers * 100) AS INTEGER) % 5 = 0
ORDER BY share_of_customers

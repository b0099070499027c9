-- How many customers are not lost so many months after their first purchase.
SELECT month, at_risk, survival, lower, upper
FROM score.survival
WHERE customer_type = '(all)'
ORDER BY month

CREATE OR REPLACE TABLE score.whale AS
SELECT s.share_of_customers, CAST(s.customers AS INTEGER) AS "customers", CAST(s.profit AS DECIMAL(18, 4)) AS "profit"
FROM temp.main.fitted AS s
ORDER BY s.share_of_customers

INSERT INTO score.concentration
SELECT
    p.basis,
    c.share_of_customers,
    CAST(c.customers AS INTEGER) AS "customers",
    CAST(sum(p.value) AS DECIMAL(18, 4)) AS "value",
    c.share_of_value
FROM temp.main.fitted AS c
INNER JOIN score.pyramid AS p ON p.basis = ? AND p."rank" <= c.customers
GROUP BY p.basis, c.share_of_customers, c.customers, c.share_of_value
ORDER BY c.share_of_customers

-- Customers whose book budget is five times what they buy from us, or more.
WITH low AS (
    SELECT w.customer_key, w.sales_12, w.budget, w.budget - w.sales_12 AS elsewhere, row_number() OVER (ORDER BY w.budget - w.sales_12 DESC, w.customer_key) AS place
    FROM score.wallet AS w
    WHERE w.is_low
), total AS (
    SELECT count(*) AS customers, sum(w.sales_12) AS sales, sum(w.budget) AS budget, sum(w.elsewhere) AS elsewhere
    FROM low AS w
)
SELECT t.customers AS found_n, (SELECT count(*) FROM score.wallet AS w WHERE w.basis = 'budget') AS known_n, t.elsewhere AS elsewhere_money, CAST(t.sales AS DOUBLE) / nullif(CAST(t.budget AS DOUBLE), 0) AS share_pct,
       c.customer_id AS first_id, c.customer_type AS first_kind, c.name AS first_name, f.elsewhere AS first_money
FROM total AS t
LEFT JOIN low AS f ON f.place = 1
LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key

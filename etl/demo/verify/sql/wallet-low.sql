-- Libraries on the list of large budgets and small shares, and those that were
-- given such a budget.
WITH planted AS (
    SELECT CAST(t.customer_id AS VARCHAR) AS customer_id FROM truth_customer t WHERE t.plant = 'wallet' AND t.customer_type = 'library'
), listed AS (
    SELECT CAST(c.customer_id AS VARCHAR) AS customer_id
    FROM score.wallet w
    JOIN core.dim_customer c ON c.customer_key = w.customer_key
    WHERE w.is_low AND c.customer_type = 'library'
), n AS (
    SELECT (SELECT count(*) FROM planted) AS planted, (SELECT count(*) FROM listed) AS listed,
           (SELECT count(*) FROM listed l JOIN planted p ON p.customer_id = l.customer_id) AS hit
)
SELECT printf('%d libraries', planted) AS planted,
       printf('%d listed, %d of them planted', listed, hit) AS found,
       hit >= 0.9 * listed AND 2 * hit >= planted AS accepted
FROM n

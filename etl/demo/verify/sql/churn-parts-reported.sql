-- Subjects reported as left are of customers whose buying was made to change.
WITH reported AS (
    SELECT t.mode IS NOT NULL OR t.drift_date IS NOT NULL OR t.plant IS NOT NULL OR t.sleep_from IS NOT NULL AS real
    FROM score.churn_change AS h
    JOIN core.dim_customer AS c ON c.customer_key = h.customer_key
    JOIN truth_customer AS t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
    WHERE h."change" = 'partial'
)
SELECT 'subjects left' AS planted,
       printf('%d of %d reported are of customers made to change', count(CASE WHEN real THEN 1 END), count(*)) AS found,
       count(CASE WHEN NOT real THEN 1 END) <= greatest(1, 0.2 * count(*)) AS accepted
FROM reported

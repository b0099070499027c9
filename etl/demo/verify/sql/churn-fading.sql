-- Customers reported as fading are those that were made to order less.
WITH reported AS (
    SELECT t.mode IN ('fade', 'sudden') OR t.plant IN ('halved', 'silent', 'owner_y_fades') OR t.sleep_from IS NOT NULL AS real
    FROM score.churn_change AS h
    JOIN core.dim_customer AS c ON c.customer_key = h.customer_key
    JOIN truth_customer AS t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
    WHERE h."change" = 'fading'
)
SELECT CASE WHEN (SELECT count(*) FROM truth_customer WHERE mode = 'fade') > 0 THEN 'customers that fade, sleep or lost their salesperson' END AS planted,
       printf('%d of %d reported are such', count(CASE WHEN coalesce(real, false) THEN 1 END), count(*)) AS found,
       count(CASE WHEN NOT coalesce(real, false) THEN 1 END) <= greatest(1, 0.2 * count(*)) AS accepted
FROM reported

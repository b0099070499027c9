-- False alarms: changes found of customers whose taste never changed and who took
-- no class to a rival. The rate stated is 1 %; three standard errors are allowed.
WITH quiet AS (
    SELECT p.has_drifted
    FROM truth_customer t
    JOIN core.dim_customer c ON c.customer_id = CAST(t.customer_id AS VARCHAR)
    JOIN score.taste_profile p ON p.customer_key = c.customer_key AND p.drift_tested
    WHERE t.drift_date IS NULL AND coalesce(t.mode, '') <> 'partial'
)
SELECT CASE WHEN count(*) >= 50 THEN 'nothing' END AS planted,
       printf('%d of %d customers without a change', count(*) FILTER (WHERE has_drifted), count(*)) AS found,
       count(*) FILTER (WHERE has_drifted) <= 0.01 * count(*) + 3 * sqrt(0.0099 * count(*)) AS accepted
FROM quiet

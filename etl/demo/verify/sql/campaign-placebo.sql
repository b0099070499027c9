-- Campaigns that never were, drawn at random among customers.
SELECT CASE WHEN count(*) > 0 THEN 'no lift' END AS planted,
       printf('no lift in %.1f %% of %d', 100 * avg(CASE WHEN is_lift THEN 0.0 ELSE 1.0 END), count(*)) AS found,
       avg(CASE WHEN is_lift THEN 0.0 ELSE 1.0 END) >= 0.95 AND count(*) >= 100 AS accepted
FROM score.placebo

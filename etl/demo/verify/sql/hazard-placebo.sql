-- Customers halved by chance are lost alike; in a company without effects so are
-- those whom service failed.
WITH found AS (
    SELECT covariate, hazard_ratio, lower, upper, p
    FROM score.hazard
    WHERE model = 'together' AND (covariate = 'placebo' OR covariate = 'service_failure' AND NOT EXISTS (SELECT 1 FROM truth_events WHERE code = 'service_hazard'))
)
SELECT 'ratio 1' AS planted,
       string_agg(printf('%s %.2f (%.2f to %.2f), p %.3f', replace(covariate, '_', ' '), hazard_ratio, lower, upper, p), '; ' ORDER BY covariate) AS found,
       coalesce(bool_and(p > 0.01), true) AS accepted
FROM found

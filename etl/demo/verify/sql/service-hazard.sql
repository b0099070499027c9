-- How much faster customers are lost in the half year after two late deliveries
-- or a complaint left open for 30 days.
WITH found AS (
    SELECT hazard_ratio, lower, upper, months, losses
    FROM score.hazard
    WHERE model = 'together' AND covariate = 'service_failure'
)
SELECT (SELECT printf('%.1f times the hazard', size) FROM truth_events WHERE code = 'service_hazard') AS planted,
       (SELECT CASE WHEN hazard_ratio IS NULL THEN printf('nobody lost in %d months under it', months)
                    ELSE printf('%.2f (%.2f to %.2f), %d losses under it%s', hazard_ratio, lower, upper, losses, CASE WHEN losses < 30 THEN ', too few to tell closer' ELSE '' END) END FROM found) AS found,
       (SELECT CASE WHEN hazard_ratio IS NULL THEN months < 500
                    WHEN losses < 30 THEN lower <= 2.5 AND upper >= 1.6
                    ELSE hazard_ratio BETWEEN 1.6 AND 2.5 END FROM found) AS accepted

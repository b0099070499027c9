-- How much faster customers are lost after a complaint resolved within 3 days.
WITH found AS (
    SELECT hazard_ratio, lower, upper, months, losses
    FROM score.hazard
    WHERE model = 'together' AND covariate = 'complaint_quick'
)
SELECT (SELECT '1.1 times the hazard' FROM truth_events WHERE code = 'service_hazard') AS planted,
       (SELECT coalesce(printf('%.2f (%.2f to %.2f), %d losses under it', hazard_ratio, lower, upper, losses), printf('nobody lost in %d months under it', months)) FROM found) AS found,
       (SELECT CASE WHEN hazard_ratio IS NULL THEN months < 500 ELSE lower <= 1.1 AND upper >= 1.1 END FROM found) AS accepted

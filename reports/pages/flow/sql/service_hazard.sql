-- What service does to the risk of losing a customer.
SELECT covariate_en, covariate_zh, months, losses, hazard_ratio, lower, upper
FROM score.hazard
WHERE model = 'together' AND covariate IN ('service_failure', 'late_once', 'complaint_quick', 'complaint_slow')
ORDER BY place

-- Renewals of all customers, as seen and as fitted.
SELECT r.basis, r.renewal, r.at_risk, r.retention, r.retention_fitted, r.survival_fitted
FROM score.contract_retention AS r
WHERE r.customer_type = '(all)'
ORDER BY r.basis, r.renewal

-- Running contracts that end within a year and are not followed by another, the next to
-- end first; the chance that contracts so often renewed are renewed, and the chance that
-- the customer stops ordering. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, k.end_date, CAST(k.end_date - r.as_of AS INTEGER), k.value, n.passed, t.retention_fitted, s.probability, s.value_at_risk
FROM core.fact_contract AS k
CROSS JOIN meta.run AS r
INNER JOIN core.dim_customer AS c ON c.customer_key = k.customer_key
LEFT JOIN feature.renewal AS n ON n.customer_key = k.customer_key AND n.basis = 'contract'
LEFT JOIN score.contract_retention AS t ON t.basis = 'contract' AND t.customer_type = '(all)' AND t.renewal = coalesce(n.passed, 0) + 1
LEFT JOIN score.churn AS s ON s.customer_key = k.customer_key
WHERE k.running = 1 AND k.renewed = 0 AND k.end_date <= r.as_of + 365
ORDER BY k.end_date, k.value DESC NULLS LAST, k.contract_id
LIMIT ?

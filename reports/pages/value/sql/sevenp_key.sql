-- Key customers: the highest tiers first, in them the largest by net sales of
-- twelve months. Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, s.tier, s.profiling, s.persistency, s.profitability, s.performance, s.prospecting, s.product, s.promotion,
       s.composite, s.percentile, s.change, s.policy, s.customer_key
FROM score.sevenp AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN score.pyramid AS y ON y.customer_key = s.customer_key AND y.basis = 'revenue'
WHERE s.tier IN ('top', 'major')
ORDER BY y.rank NULLS LAST, s.customer_key
LIMIT ?

-- Key customers: those of the tiers top and major, largest net sales of twelve
-- months first, and how many there are of them. Parameter: how many.
SELECT s.customer_key, c.customer_id, count(*) OVER () AS customers
FROM score.sevenp AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN score.pyramid AS y ON y.customer_key = s.customer_key AND y.basis = 'revenue'
WHERE s.tier IN ('top', 'major')
ORDER BY y.rank NULLS LAST, s.customer_key
LIMIT ?

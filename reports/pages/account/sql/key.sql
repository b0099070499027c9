-- Customers that have a page: those of the tiers top and major, or all, largest net
-- sales of twelve months first, and how many there are of them. Parameters: whether
-- also those of other tiers, how many.
SELECT s.customer_key, c.customer_id, c.name, c.customer_type, count(*) OVER () AS customers
FROM score.sevenp AS s
JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
LEFT JOIN score.pyramid AS y ON y.customer_key = s.customer_key AND y.basis = 'revenue'
WHERE s.tier IN ('top', 'major') OR ?
ORDER BY CASE WHEN s.tier IN ('top', 'major') THEN 0 ELSE 1 END, y.rank NULLS LAST, s.customer_key
LIMIT ?

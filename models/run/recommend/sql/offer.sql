-- Today's offers are remembered once in four weeks, for a year.
INSERT INTO score.offer
SELECT CAST($1 AS DATE), c.customer_id, t.title_id, r.list, r.rank, r.model, r.is_holdout
FROM score.recommendation AS r
INNER JOIN core.dim_customer AS c ON c.customer_key = r.customer_key
INNER JOIN core.dim_title AS t ON t.title_key = r.title_key
WHERE NOT EXISTS (SELECT 1 FROM score.offer AS o WHERE o.offered_on > CAST($1 AS DATE) - 28)
ORDER BY c.customer_id, r.list, r.rank

-- What earlier offers brought, customers held out beside the others.
SELECT o.list, o.model, o.is_holdout, CAST(sum(o.customers) AS BIGINT), CAST(sum(o.offered) AS BIGINT), CAST(sum(o.ordered) AS BIGINT), CAST(sum(o.ordered) AS DOUBLE) / sum(o.offered)
FROM score.offer_outcome AS o
GROUP BY o.list, o.model, o.is_holdout
ORDER BY o.list, o.model, o.is_holdout

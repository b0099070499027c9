-- The tiers of the pyramid: customers and value by basis.
SELECT basis, tier, tier_no, count(*) AS "customers", SUM("value") AS "value"
FROM score.pyramid
GROUP BY basis, tier, tier_no
ORDER BY basis DESC, tier_no, tier

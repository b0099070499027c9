-- Moves between the tiers by revenue of the customers that are open to the reader.
SELECT m.from_tier, m.from_tier_no, m.to_tier, m.to_tier_no, count(*) AS customers, sum(m.value_before) AS value_before, sum(m.value_now) AS value_now, m.move
FROM score.tier_move AS m
WHERE m.basis = 'revenue' AND m.move <> 'absent'
GROUP BY m.from_tier, m.from_tier_no, m.to_tier, m.to_tier_no, m.move
ORDER BY m.from_tier_no, m.to_tier_no

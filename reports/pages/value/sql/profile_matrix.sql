-- Moves between the tiers by revenue of those who were in one before or are now.
SELECT m.from_tier, m.from_tier_no, m.to_tier, m.to_tier_no, m.customers, m.value_before, m.value_now, m.move
FROM score.tier_migration AS m
WHERE m.basis = 'revenue' AND m.move <> 'absent'
ORDER BY m.from_tier_no, m.to_tier_no

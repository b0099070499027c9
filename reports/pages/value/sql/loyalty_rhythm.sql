-- How long customers take between purchases, by type; all together last.
SELECT customer_type, buyers, repeaters, p50, p80, p90, k, k_chance
FROM score.rhythm
ORDER BY customer_type = '(all)', customer_type

-- The parts of the composite with their weight and of how many they are known.
SELECT p.part_no, p.part, count(*) AS customers, CAST(max(w.value) AS INTEGER) AS weight, any_value(f.definition) AS definition
FROM score.sevenp_part AS p
LEFT JOIN card.parameter AS w ON w.model = 'sevenp' AND w.name = 'weight_' || p.part
LEFT JOIN card.feature AS f ON f.model = 'sevenp' AND f.name = p.part
GROUP BY p.part_no, p.part
ORDER BY p.part_no

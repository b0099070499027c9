-- What tells each segment apart. Parameter: how many measures of each.
SELECT p.segment, p.name, p.name_zh, p.feature_en, p.feature_zh, p.unit, p.mean, p.others_mean, p.difference
FROM score.segment_profile AS p
WHERE p.place <= ?
ORDER BY p.segment, p.place

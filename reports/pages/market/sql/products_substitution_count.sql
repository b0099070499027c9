-- Pairs that were tested and that passed, by kind.
SELECT s.kind, count(*) AS pairs, sum(CASE WHEN s.is_substitute THEN 1 ELSE 0 END) AS passed
FROM score.substitution AS s
GROUP BY s.kind
ORDER BY s.kind

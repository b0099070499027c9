-- How many those are.
SELECT count(*) AS n
FROM score.title AS t
WHERE t.abc = 'A' AND t.xyz IN ('X', 'Y') AND t.phase IN ('growth', 'mature') AND (t.stock IS NULL OR t.stock <= 0 OR t.cover_days < 90)

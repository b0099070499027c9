-- What the last run with an earlier date gave. A generation that was copied still
-- has the scores of its own run; a run repeated for the same date compares with
-- what that one compared with. Part 0 is the composite.
CREATE OR REPLACE TEMP TABLE sevenp_before AS
WITH known AS (
    SELECT s.customer_key, 0 AS part_no, s.composite AS score, s.as_of, s."before", s.before_as_of
    FROM score.sevenp AS s
    UNION ALL
    SELECT p.customer_key, p.part_no, p.score, p.as_of, p."before", s.before_as_of
    FROM score.sevenp_part AS p
    INNER JOIN score.sevenp AS s ON s.customer_key = p.customer_key
)
SELECT k.customer_key, k.part_no,
       CASE WHEN k.as_of < r.as_of THEN k.as_of ELSE k.before_as_of END AS as_of,
       CASE WHEN k.as_of < r.as_of THEN k.score ELSE k."before" END AS score
FROM known AS k
CROSS JOIN meta.run AS r
WHERE k.as_of <= r.as_of

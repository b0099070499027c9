-- What the last run with an earlier date gave. A generation that was copied still
-- has the scores of its own run; a run repeated for the same date compares with
-- what that one compared with.
CREATE OR REPLACE TEMP TABLE churn_before AS
SELECT s.customer_key, CASE WHEN s.as_of < r.as_of THEN s.as_of ELSE s.before_as_of END AS as_of,
       CASE WHEN s.as_of < r.as_of THEN s.probability ELSE s."before" END AS probability
FROM score.churn AS s
CROSS JOIN meta.run AS r
WHERE s.as_of <= r.as_of

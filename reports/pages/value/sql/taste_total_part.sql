-- What the page says in one line, without the demand that is counted for the company
-- as a whole.
SELECT count(*) FILTER (WHERE "lines" > 0) AS buyers, count(*) FILTER (WHERE is_certain) AS certain, count(*) FILTER (WHERE drift_tested) AS tested, count(*) FILTER (WHERE has_drifted) AS changed,
       0 AS quotes, 0 AS cancelled, 0 AS subjects, coalesce(sum(declared_unbought), 0) AS unbought, count(confidence) AS classed
FROM score.taste_profile

-- What the page says in one line.
SELECT count(*) FILTER (WHERE "lines" > 0) AS buyers, count(*) FILTER (WHERE is_certain) AS certain, count(*) FILTER (WHERE drift_tested) AS tested, count(*) FILTER (WHERE has_drifted) AS changed,
       (SELECT coalesce(sum(unmet_quotes), 0) FROM score.taste_demand) AS quotes, (SELECT coalesce(sum(cancelled_lines), 0) FROM score.taste_demand) AS cancelled,
       (SELECT count(*) FROM score.taste_demand) AS subjects, coalesce(sum(declared_unbought), 0) AS unbought, count(confidence) AS classed
FROM score.taste_profile

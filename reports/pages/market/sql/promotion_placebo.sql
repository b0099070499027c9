-- Campaigns that never were, and how many of them showed no lift.
SELECT count(*) AS campaigns, count(CASE WHEN NOT p.is_lift THEN 1 END) AS quiet
FROM score.placebo AS p

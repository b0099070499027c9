-- The time held out, step by step: what came, what was expected, what going on as before would have said.
SELECT step, "date", actual, expected, going_on
FROM score.clv_holdout
ORDER BY step

-- What the goals are measured by, month by month. Parameter: the first month.
SELECT goal, month, share FROM score.goal_month WHERE month >= CAST(? AS DATE) ORDER BY goal, month

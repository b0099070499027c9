-- Milestones: every year of every goal.
SELECT goal, year, months, share, target FROM score.goal_year ORDER BY goal, year

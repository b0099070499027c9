-- What a list of so many reaches: the model, and the days since the last order alone.
SELECT g.share, max(CASE WHEN g.model = 'model' THEN g.recall END), max(CASE WHEN g.model = 'recency' THEN g.recall END), max(CASE WHEN g.model = 'model' THEN g.lift END)
FROM score.churn_gain AS g
WHERE g.model IN ('model', 'recency')
GROUP BY g.share
ORDER BY g.share

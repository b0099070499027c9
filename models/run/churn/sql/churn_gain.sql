-- score.churn_gain: the share of those who left that a list reaches which goes so far
-- down the ranking, in the backtest. One row a model and tenth of the customers.
CREATE OR REPLACE TABLE score.churn_gain AS
SELECT s.model AS "model", s.share AS "share", s.recall AS "recall", s.rate AS "rate", s.lift AS "lift"
FROM temp.main.fitted AS s
ORDER BY "model", "share"

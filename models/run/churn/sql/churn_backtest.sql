-- score.churn_backtest: how the model and the baselines did at origins in the past,
-- each learned from what was known on that day. One row a model, origin and segment;
-- (all) stands for all.
--   model       model: what would have been used; recency, btyd, last: baselines;
--               logistic, trees, blend: the learners it chooses from
--   predicted   mean probability; rate: what came true
--   auc         chance that one who left is ranked above one who stayed, with its 95 %
--               interval; lift: rate among the top tenth over the rate; recall: share of
--               those who left in the top tenth; profit: expected maximum profit a customer
CREATE OR REPLACE TABLE score.churn_backtest AS
SELECT s.model AS "model", s.origin AS "origin", s.segment AS "segment", CAST(s.n AS INTEGER) AS "customers", CAST(s.events AS INTEGER) AS "left",
       s.rate AS "rate", s.predicted AS "predicted", s.auc AS "auc", s.auc_low AS "auc_low", s.auc_high AS "auc_high", s.ap AS "average_precision", s.log_loss AS "log_loss",
       s.brier AS "brier", s.ece AS "calibration_error", s.lift AS "lift", s.recall AS "recall", s.profit AS "profit"
FROM temp.main.fitted AS s
ORDER BY "model", "origin", "segment"

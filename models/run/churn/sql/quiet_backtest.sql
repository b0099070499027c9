-- score.quiet_backtest: how leaving a subject (partial) and fading were predicted at
-- origins in the past, each learned from what was known on that day. One row an event,
-- model and origin; (all) stands for all.
--   model   model: what would have been used; recency, last: as in score.churn_backtest;
--           rate: how often it had come about before; chance: of no day at the rate of
--           the year before, had nothing changed; volume: a regression on how much is
--           bought alone
--   auc_equal  of the model, over all origins, among rows bought equally often (groups of about twenty by
--           volume), with its 95 % interval: 0.5 where it tells no more than volume
CREATE OR REPLACE TABLE score.quiet_backtest AS
SELECT s.segment AS "event", s.model AS "model", s.origin AS "origin", CAST(s.n AS INTEGER) AS "rows", CAST(s.events AS INTEGER) AS "events", s.rate AS "rate", s.predicted AS "predicted",
       s.auc AS "auc", s.auc_low AS "auc_low", s.auc_high AS "auc_high", s.ap AS "average_precision", s.log_loss AS "log_loss", s.brier AS "brier", s.ece AS "calibration_error", s.lift AS "lift", s.equal AS "auc_equal", s.equal_low AS "auc_equal_low", s.equal_high AS "auc_equal_high"
FROM temp.main.fitted AS s
ORDER BY "event", "model", "origin"

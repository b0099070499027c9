-- score.churn_curve: the share of customers without an order after so many weeks, by
-- the band they were given in the backtest (Kaplan-Meier, 95 % interval).
CREATE OR REPLACE TABLE score.churn_curve AS
SELECT s.band AS "band", CAST(s.week AS INTEGER) AS "week", CAST(s.at_risk AS INTEGER) AS "at_risk", s.silent AS "silent", s.low AS "low", s.high AS "high"
FROM temp.main.fitted AS s
ORDER BY "band", "week"

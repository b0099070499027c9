-- score.churn_cause_curve: cumulative incidence by cause in quarters since the third order
-- day, with its 95 % interval. One row a cause, source and quarter.
CREATE OR REPLACE TABLE score.churn_cause_curve AS
SELECT s.cause AS "cause", s.source AS "source", CAST(s.quarter AS INTEGER) AS "quarter", CAST(s.at_risk AS INTEGER) AS "at_risk", s.incidence AS "incidence", s.low AS "low", s.high AS "high"
FROM temp.main.fitted AS s
ORDER BY "source", "cause", "quarter"

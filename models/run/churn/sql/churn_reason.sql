-- score.churn_reason: what raises the risk of customers most, at most three a
-- customer. share is on the log-odds; the fact is counted, not modelled.
CREATE OR REPLACE TABLE score.churn_reason AS
SELECT CAST(s.customer_key AS INTEGER) AS "customer_key", CAST(s.place AS INTEGER) AS "place", s.concept AS "concept", s.concept_zh AS "concept_zh",
       s.share AS "share", s.fact AS "fact", s.fact_zh AS "fact_zh"
FROM temp.main.fitted AS s
ORDER BY "customer_key", "place"

-- score.churn_reason: why customers are at risk, at most three a customer.
--   basis    model: it raises the predicted risk, by share on the log-odds, and the facts
--            bear it out; changed: it has changed in the customer's own past, of which
--            no cause is claimed (share is NULL)
--   fact     counted, not modelled
--   measure, before, now, day   of a change: what was counted, then and now, and the day
--            that the fact names; NULL where it does not apply
CREATE OR REPLACE TABLE score.churn_reason AS
SELECT CAST(s.customer_key AS INTEGER) AS "customer_key", CAST(s.place AS INTEGER) AS "place", s.basis AS "basis", s.concept AS "concept", s.concept_zh AS "concept_zh",
       s.share AS "share", s.fact AS "fact", s.fact_zh AS "fact_zh", nullif(s.measure, '') AS "measure", s."before" AS "before", s."now" AS "now", DATE '1970-01-01' + CAST(s.day AS INTEGER) AS "day"
FROM temp.main.fitted AS s
ORDER BY "customer_key", "place"

-- score.churn_rate: of the customers at risk at an origin, those without an order in
-- the horizon after it, and of these who came back later. One row an origin and
-- customer type, where the horizon has ended.
--   left_half, left_double   with half and twice the horizon; NULL where it has not ended
CREATE OR REPLACE TABLE score.churn_rate AS
SELECT DATE '1970-01-01' + CAST(s.origin AS INTEGER) AS "origin",
       CAST(EXTRACT(year FROM DATE '1970-01-01' + CAST(s.origin AS INTEGER)) * 10000 + EXTRACT(month FROM DATE '1970-01-01' + CAST(s.origin AS INTEGER)) * 100 + EXTRACT(day FROM DATE '1970-01-01' + CAST(s.origin AS INTEGER)) AS INTEGER) AS "date_key",
       DATE '1970-01-01' + CAST(s.until AS INTEGER) AS "until", s.customer_type AS "customer_type", CAST(s.at_risk AS INTEGER) AS "at_risk", CAST(s.silent AS INTEGER) AS "left",
       CAST(s.back AS INTEGER) AS "came_back", CAST(CASE WHEN s.known_half THEN s.silent_half END AS INTEGER) AS "left_half", CAST(CASE WHEN s.known_double THEN s.silent_double END AS INTEGER) AS "left_double"
FROM temp.main.fitted AS s
WHERE s.known
ORDER BY "origin", "customer_type"

-- Arrival estimates as they would have been made on earlier days (cutoffs), from
-- what had happened by then: the rules are those of core.fact_order_stage.eta_p50
-- and eta_p90, with the events after the cutoff left out. Cutoffs are five ends of
-- months, the last of them between two and three months before the as-of date, so
-- that most of what was expected has come due.
-- Parameter: the as-of date.
CREATE OR REPLACE TEMP TABLE arrival_cutoff AS
SELECT CAST(date_trunc('month', d.as_of) - to_months(m.n) AS DATE) - 1 AS cutoff, d.as_of
FROM (SELECT CAST(? AS DATE) AS as_of) AS d
CROSS JOIN (VALUES (2), (3), (4), (5), (6)) AS m (n)

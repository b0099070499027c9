-- table: opportunity
-- severity: warn
-- threshold: 0.01
-- needs: opportunity
-- description: Opportunities with an outcome but no day of closing, or closed without an outcome
-- hint: Those closed without an outcome count as lost; those without a day have no cycle.
-- tested: SELECT count(*) FROM stage.opportunity WHERE closed_date IS NOT NULL OR won IS NOT NULL
SELECT o.opp_id, o.closed_date AS value, o.won
FROM stage.opportunity o
WHERE (o.closed_date IS NULL) <> (o.won IS NULL)

-- table: opportunity
-- severity: warn
-- threshold: 0.01
-- needs: opportunity
-- description: Opportunities closed before they were opened
-- hint: Check created_date and closed_date; such cycles do not count.
-- tested: SELECT count(*) FROM stage.opportunity WHERE closed_date IS NOT NULL
SELECT o.opp_id, o.closed_date AS value, o.created_date
FROM stage.opportunity o
WHERE o.closed_date < o.created_date

-- table: commission
-- severity: warn
-- threshold: 0
-- needs: commission
-- description: Commission whose period is no month, quarter or year
-- hint: Write periods as 2026-03, 2026Q1 or 2026; other commission falls on no customer.
-- tested: SELECT count(*) FROM stage.commission
SELECT c.employee_id, c.period AS value, c.amount
FROM stage.commission c
WHERE NOT coalesce(regexp_matches(c.period, '^[0-9]{4}(-(0[1-9]|1[0-2])|-?Q[1-4])?$'), false)

-- table: activity
-- severity: warn
-- threshold: 0.01
-- needs: activity
-- description: Contacts that do not say who of ours made them
-- hint: They count under (unknown); map employee_id, or complete it in the source.
-- tested: SELECT count(*) FROM stage.activity
SELECT a.activity_id, a.employee_id AS value
FROM stage.activity a
WHERE a.employee_id IS NULL

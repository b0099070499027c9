-- Who is large and losing in score.salesperson.
WITH planted AS (
    SELECT CAST(id AS VARCHAR) AS id FROM truth_events WHERE code = 'salesperson_x'
), found AS (
    SELECT e.employee_id AS id, s.contribution, s.net_rank FROM score.salesperson s JOIN core.dim_employee e ON e.employee_key = s.employee_key WHERE s.finding = 'large and losing'
)
SELECT (SELECT 'employee ' || id FROM planted) AS planted,
       (SELECT coalesce(string_agg(printf('employee %s: number %d by sales, contributes %.0f', id, net_rank, CAST(contribution AS DOUBLE)), '; ' ORDER BY net_rank), 'nobody') FROM found) AS found,
       (SELECT count(*) FROM found) = 1 AND (SELECT max(id) FROM found) = (SELECT id FROM planted) AS accepted

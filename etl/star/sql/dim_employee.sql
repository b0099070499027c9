-- core.dim_employee: active means not left by the as-of date.
CREATE OR REPLACE TABLE core.dim_employee AS
SELECT e.employee_key,
       CAST(e.employee_id AS VARCHAR) AS employee_id,
       coalesce(e.name, CAST(e.employee_id AS VARCHAR)) AS name,
       e.dept,
       coalesce(t.parent_key, -1) AS manager_key,
       e.hire_date, e.leave_date,
       e.leave_date IS NULL OR e.leave_date > p.as_of AS is_active,
       e.territory, e.is_inferred
FROM star_employee e
CROSS JOIN meta.star_parameter p
LEFT JOIN star_tree t ON t.subject = 'employee' AND t.member_key = e.employee_key
UNION ALL
SELECT -1, NULL, '(unknown)', '(unknown)', -1, NULL, NULL, NULL, NULL, false
ORDER BY employee_key;

INSERT INTO meta.star_note
SELECT 'employee', CAST(e.employee_id AS VARCHAR), 'its managers go round in a circle: cut here'
FROM star_employee e
JOIN star_tree t ON t.subject = 'employee' AND t.member_key = e.employee_key AND t.is_cut
ORDER BY e.employee_key;

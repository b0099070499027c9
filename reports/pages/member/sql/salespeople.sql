-- The numbers that salespeople have in the source.
SELECT CAST(employee_key AS VARCHAR) AS "ref", employee_id
FROM core.dim_employee
ORDER BY employee_key

SELECT c.employee_key AS member_key, p.employee_key AS parent_key
FROM star_employee c
JOIN star_employee p ON p.employee_id = c.manager_id
ORDER BY c.employee_key

-- Our people: those of stage.employee, or, when it was not supplied, those who
-- sell, own customers, deal with them, spend or earn commission.
CREATE OR REPLACE TEMP TABLE star_employee AS
WITH mentioned AS (
    SELECT salesperson_id AS employee_id FROM stage.order_header WHERE salesperson_id IS NOT NULL
    UNION
    SELECT owner_employee_id FROM stage.customer WHERE owner_employee_id IS NOT NULL
    UNION
    SELECT employee_id FROM stage.activity WHERE employee_id IS NOT NULL
    UNION
    SELECT employee_id FROM stage.message WHERE employee_id IS NOT NULL
    UNION
    SELECT owner_employee_id FROM stage.ticket WHERE owner_employee_id IS NOT NULL
    UNION
    SELECT owner_employee_id FROM stage.opportunity WHERE owner_employee_id IS NOT NULL
    UNION
    SELECT employee_id FROM stage.quote WHERE employee_id IS NOT NULL
    UNION
    SELECT owner_employee_id FROM stage.campaign WHERE owner_employee_id IS NOT NULL
    UNION
    SELECT employee_id FROM stage.expense WHERE employee_id IS NOT NULL
    UNION
    SELECT employee_id FROM stage.commission WHERE employee_id IS NOT NULL
    UNION
    SELECT owner_employee_id FROM stage.customer_version WHERE owner_employee_id IS NOT NULL
), member AS (
    SELECT employee_id, name, dept, manager_id, hire_date, leave_date, territory, false AS is_inferred
    FROM stage.employee
    UNION ALL
    SELECT m.employee_id, NULL, NULL, NULL, NULL, NULL, NULL, true
    FROM mentioned m
    JOIN star_missing s ON s.table_name = 'employee'
)
SELECT CAST(row_number() OVER (ORDER BY place.key NULLS LAST, m.employee_id) AS INTEGER) AS employee_key,
       m.employee_id, m.name, m.dept, m.manager_id, m.hire_date, m.leave_date, m.territory, m.is_inferred
FROM member m
LEFT JOIN meta.star_key place ON place.dim = 'employee' AND place.id = CAST(m.employee_id AS VARCHAR);

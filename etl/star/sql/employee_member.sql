-- Our people: those of stage.employee, or, when it was not supplied, those who
-- sell, own customers or deal with them.
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
    SELECT employee_id FROM stage.commission WHERE employee_id IS NOT NULL
), member AS (
    SELECT employee_id, name, dept, manager_id, hire_date, leave_date, territory, false AS is_inferred
    FROM stage.employee
    UNION ALL
    SELECT m.employee_id, NULL, NULL, NULL, NULL, NULL, NULL, true
    FROM mentioned m
    JOIN star_missing s ON s.table_name = 'employee'
)
SELECT CAST(row_number() OVER (ORDER BY employee_id) AS INTEGER) AS employee_key,
       employee_id, name, dept, manager_id, hire_date, leave_date, territory, is_inferred
FROM member;

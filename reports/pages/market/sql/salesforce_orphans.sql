-- Accounts without an owner, for whoever takes over: those that fade first.
-- Parameter: how many.
SELECT c.customer_id, c.name, c.customer_type, e.name AS person, o.leave_date, o.net_before, o.net_since, o.is_fading, o.last_order, o.last_contact, o.open_lines, o.open_value,
       o.open_quotes, o.promises, o.open_opportunities, o.open_tickets, o.overdue
FROM score.orphan_account AS o
JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
LEFT JOIN core.dim_employee AS e ON e.employee_key = o.employee_key
ORDER BY o.is_fading DESC, o.net_before DESC, o.customer_key
LIMIT ?

-- core.fact_expense: one row an expense, in report currency. is_people marks what
-- pays for people's time (see meta.cost_rate).
CREATE OR REPLACE TEMP TABLE star_expense AS
SELECT x.source, x._row, x.employee_id, x.customer_id, x.date, x.kind, x.amount,
       CASE WHEN coalesce(x.is_deleted, false) THEN 'deleted in source'
            WHEN NOT coalesce(EXTRACT(year FROM x.date) BETWEEN 1900 AND EXTRACT(year FROM p.as_of) + 1, false) THEN 'date: outside the calendar' END AS refused
FROM due.expense x
CROSS JOIN meta.star_parameter p;

CREATE OR REPLACE TABLE core.fact_expense AS
SELECT CAST(EXTRACT(year FROM x.date) * 10000 + EXTRACT(month FROM x.date) * 100 + EXTRACT(day FROM x.date) AS INTEGER) AS date_key, x.date AS expense_date,
       x.employee_id, x.customer_id, coalesce(e.employee_key, -1) AS employee_key, coalesce(c.customer_key, -1) AS customer_key, coalesce(c.geo_key, -1) AS geo_key,
       coalesce(n.expense_kind_key, -1) AS expense_kind_key, lower(trim(x.kind)) AS kind, x.amount, k.name IS NOT NULL AS is_people, x.customer_id IS NOT NULL AS has_customer,
       x.source, x._row AS source_row
FROM star_expense x
LEFT JOIN star_employee e ON e.employee_id = x.employee_id
LEFT JOIN star_customer_map c ON c.customer_id = x.customer_id
LEFT JOIN core.dim_expense_kind n ON n.name = lower(trim(x.kind))
LEFT JOIN star_given k ON k.subject = 'people' AND k.name = lower(trim(x.kind))
WHERE x.refused IS NULL
ORDER BY x.date, x.source NULLS LAST, source_row NULLS LAST, employee_key, customer_key, kind NULLS LAST, x.amount;

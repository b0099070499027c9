-- Small dimensions of money: what was spent on, and how payments came in.
CREATE OR REPLACE TABLE core.dim_expense_kind AS
SELECT CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS expense_kind_key, name
FROM (SELECT DISTINCT lower(trim(kind)) AS name FROM stage.expense WHERE trim(kind) <> '') k
UNION ALL
SELECT -1, '(unknown)'
ORDER BY expense_kind_key;

CREATE OR REPLACE TABLE core.dim_payment_method AS
SELECT CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS payment_method_key, name
FROM (SELECT DISTINCT lower(trim(method)) AS name FROM stage.payment WHERE trim(method) <> '') m
UNION ALL
SELECT -1, '(unknown)'
ORDER BY payment_method_key;

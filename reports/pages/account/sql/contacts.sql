-- The last 8 contacts. Parameter: keys of customers.
SELECT t.customer_key, t.date, t.type, t.purpose, t.result, t.name, t.next_step_date, t.contacts
FROM (
  SELECT f.customer_key, f.date, k.type, k.purpose, k.result, e.name, f.next_step_date, count(*) OVER (PARTITION BY f.customer_key) AS contacts,
         row_number() OVER (PARTITION BY f.customer_key ORDER BY f.date DESC, f.activity_id DESC) AS place
  FROM core.fact_activity AS f
  LEFT JOIN core.dim_activity_kind AS k ON k.activity_kind_key = f.activity_kind_key
  LEFT JOIN core.dim_employee AS e ON e.employee_key = f.employee_key AND e.employee_key > 0
  WHERE f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
) AS t
WHERE t.place <= 8
ORDER BY t.customer_key, t.place

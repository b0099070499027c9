-- Open order lines past the day they were promised for.
SELECT count(*) AS n, sum(o.open_value) AS amount, CAST(NULL AS DOUBLE) AS change, false AS alarm, arg_max(o.customer_id, ROW(o.open_value_of_customer, -o.customer_key)) AS id,
       arg_max(o.name, ROW(o.open_value_of_customer, -o.customer_key)) AS name, arg_max(o.customer_type, ROW(o.open_value_of_customer, -o.customer_key)) AS kind, max(o.open_value_of_customer) AS part, '' AS code
FROM (
  SELECT s.customer_key, c.customer_id, c.name, c.customer_type, s.open_value, sum(s.open_value) OVER (PARTITION BY s.customer_key) AS open_value_of_customer
  FROM core.fact_order_stage AS s
  JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
  WHERE s.is_open AND s.is_overdue
) AS o

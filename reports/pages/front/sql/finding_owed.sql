-- What customers owe past the due date, beside what they owed a year ago.
SELECT count(*) AS n, sum(o.overdue) AS amount,
       CAST(sum(o.overdue) AS DOUBLE) / nullif((SELECT sum(b.overdue) FROM core.fact_receivable_balance AS b WHERE b.date = (SELECT max(x.date) FROM core.fact_receivable_balance AS x, meta.run AS r WHERE x.date <= r.as_of - INTERVAL 1 YEAR)), 0) - 1 AS change,
       false AS alarm, arg_max(c.customer_id, ROW(o.overdue, -c.customer_key)) AS id, arg_max(c.name, ROW(o.overdue, -c.customer_key)) AS name, arg_max(c.customer_type, ROW(o.overdue, -c.customer_key)) AS kind, max(o.overdue) AS part, '' AS code
FROM (
  SELECT f.customer_key, sum(f.overdue) AS overdue
  FROM core.fact_receivable AS f
  WHERE f.is_overdue
  GROUP BY f.customer_key
) AS o
JOIN core.dim_customer AS c ON c.customer_key = o.customer_key
WHERE o.overdue > 0

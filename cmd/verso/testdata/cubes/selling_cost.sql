-- rows: salesperson.dept
-- Every measure of the cube "selling_cost", by department and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.net) AS "net",
  sum(t.margin) AS "margin",
  sum(t.expense) AS "expense",
  sum(t.commission) AS "commission",
  coalesce(sum(t.expense), 0) + coalesce(sum(t.commission), 0) AS "selling_cost",
  sum(t.expense)::DOUBLE / nullif(sum(t.net)::DOUBLE, 0) AS "expense_ratio",
  sum(t.commission)::DOUBLE / nullif(sum(t.net)::DOUBLE, 0) AS "commission_ratio"
FROM (
  SELECT f.net AS "net", f.margin AS "margin", NULL AS "expense", NULL AS "commission",
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_order_line AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
  UNION ALL
  SELECT NULL, NULL, f.amount, NULL,
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END
  FROM core.fact_expense AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
  UNION ALL
  SELECT NULL, NULL, NULL, f.amount,
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END
  FROM core.fact_commission AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

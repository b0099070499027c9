-- rows: salesperson.dept
-- Every measure of the cube "attainment", by department and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.net) AS "net",
  sum(t.margin) AS "margin",
  sum(t.net)::DOUBLE / nullif(sum(t.planned_net)::DOUBLE, 0) AS "plan_attainment",
  sum(t.margin)::DOUBLE / nullif(sum(t.planned_margin)::DOUBLE, 0) AS "margin_attainment",
  sum(t.net)::DOUBLE / nullif(sum(t.target_net)::DOUBLE, 0) AS "quota_attainment"
FROM (
  SELECT f.net AS "net", f.margin AS "margin", NULL AS "planned_net", NULL AS "planned_margin", NULL AS "target_net",
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_order_line AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
  UNION ALL
  SELECT NULL, NULL, CASE WHEN f.is_leading THEN f.net END, CASE WHEN f.is_leading THEN f.margin END, NULL,
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END
  FROM core.fact_plan AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, CASE WHEN f.is_leading THEN f.net END,
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END
  FROM core.fact_target AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

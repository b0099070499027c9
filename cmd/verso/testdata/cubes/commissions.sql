-- rows: salesperson.dept
-- Every measure of the cube "commissions", by department and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.amount) AS "commission",
  sum(t.base) AS "base",
  (sum(t.amount) FILTER (WHERE t.base IS NOT NULL))::DOUBLE / nullif(sum(t.base)::DOUBLE, 0) AS "commission_rate",
  count(DISTINCT t.employee_key) FILTER (WHERE t.employee_key <> -1) AS "people"
FROM (
  SELECT f.*,
    CASE WHEN f.employee_key = -1 OR c.employee_key IS NULL THEN '(unknown)' ELSE coalesce(c.dept, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_commission AS f
  LEFT JOIN core.dim_employee AS c ON c.employee_key = f.employee_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

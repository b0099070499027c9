-- Every measure of the cube "expenses", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.amount) AS "expense",
  sum(t.amount) FILTER (WHERE t.is_people) AS "people_cost",
  sum(t.amount) FILTER (WHERE t.customer_id IS NOT NULL) AS "customer_expense",
  count(*) AS "expense_rows",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  count(DISTINCT t.employee_key) FILTER (WHERE t.employee_key <> -1) AS "people",
  (sum(t.amount) FILTER (WHERE t.customer_id IS NOT NULL))::DOUBLE / nullif(count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1), 0) AS "expense_per_customer"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_expense AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

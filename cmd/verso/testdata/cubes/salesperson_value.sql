-- rows: salesperson.dept
-- columns: salesperson.name
-- Every measure of the cube "salesperson_value", by department and person, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.a) = 1 THEN '(total)' ELSE t.a END AS "type",
  CASE WHEN GROUPING(t.b) = 1 THEN '(total)' ELSE t.b END AS "year",
  count(DISTINCT t.employee_key) FILTER (WHERE t.employee_key <> -1) AS "people",
  sum(t.visits) AS "visits",
  sum(t.calls) AS "calls",
  sum(t.contacts) AS "contacts",
  sum(t.minutes) AS "minutes",
  sum(t.quotes) AS "quotes",
  sum(t.quotes_accepted) AS "quotes_accepted",
  (sum(t.quotes_accepted))::DOUBLE / nullif((sum(t.quotes))::DOUBLE, 0) AS "quote_rate",
  sum(t.accounts) AS "accounts",
  sum(t.lines) AS "order_lines",
  sum(t.gross) AS "gross",
  sum(t.discount) AS "discount",
  (sum(t.discount))::DOUBLE / nullif((sum(t.gross))::DOUBLE, 0) AS "discount_rate",
  sum(t.net) AS "net",
  sum(t.margin) AS "margin",
  sum(t.return_loss) AS "return_loss",
  sum(t.contact_cost) AS "contact_cost",
  sum(t.expenses) AS "expenses",
  sum(t.commission) AS "commission",
  sum(t.contribution) AS "contribution",
  (sum(t.contribution))::DOUBLE / nullif((sum(t.net))::DOUBLE, 0) AS "contribution_pct",
  (sum(t.net))::DOUBLE / nullif((sum(t.visits))::DOUBLE, 0) AS "net_per_visit",
  sum(t.target) AS "target",
  sum(t.net_whole) FILTER (WHERE t.target IS NOT NULL) AS "net_aimed",
  (sum(t.net_whole) FILTER (WHERE t.target IS NOT NULL))::DOUBLE / nullif((sum(t.target))::DOUBLE, 0) AS "attainment",
  sum(t.orphans) AS "orphans",
  sum(t.orphans_fading) AS "orphans_fading"
FROM (
  SELECT f.*,
    CASE WHEN f.employee_key = -1 OR e.employee_key IS NULL THEN '(unknown)' ELSE coalesce(e.dept, '(none)') END AS a,
    CASE WHEN f.employee_key = -1 OR e.employee_key IS NULL THEN '(unknown)' ELSE CAST(f.employee_key AS VARCHAR) END AS b
  FROM score.salesperson AS f
  LEFT JOIN core.dim_employee AS e ON e.employee_key = f.employee_key
) AS t
GROUP BY GROUPING SETS ((t.a, t.b), (t.a), (t.b), ())
ORDER BY 1, 2;

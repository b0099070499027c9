-- rows: customer.type
-- Every measure of the cube "activities", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "contacts",
  sum(t.visits) AS "visits",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  count(DISTINCT t.employee_key) FILTER (WHERE t.employee_key <> -1) AS "people",
  sum(t.minutes) AS "minutes",
  sum(t.km) AS "km",
  sum(t.cost) AS "cost",
  (sum(t.cost))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "cost_per_contact",
  (sum(t.minutes))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "minutes_per_contact",
  (count(*))::DOUBLE / nullif((count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1))::DOUBLE, 0) AS "contacts_per_customer",
  count(DISTINCT t.date_key) AS "contact_days",
  (sum(t.visits))::DOUBLE / nullif((count(DISTINCT t.date_key))::DOUBLE, 0) AS "visits_per_day",
  sum(t.followed) AS "followed",
  (sum(t.followed))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "order_rate",
  sum(t.net) AS "net_after",
  (sum(t.net))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "net_per_contact",
  sum(t.during_ticket) AS "during_ticket",
  sum(t.promises) AS "promises",
  quantile_cont(t.minutes::DOUBLE, 0.9) AS "minutes_p90"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_activity AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

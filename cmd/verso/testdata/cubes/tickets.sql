-- rows: customer.type
-- Every measure of the cube "tickets", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "tickets",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  sum(t.complaints) AS "complaints",
  (sum(t.complaints))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "complaint_rate",
  sum(t.resolved) AS "resolved",
  sum(t.open) AS "open",
  sum(t.overdue) AS "overdue",
  sum(t.breached) AS "breached",
  (sum(t.breached))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "breach_rate",
  quantile_cont(t.response_hours::DOUBLE, 0.5) AS "response_hours_p50",
  quantile_cont(t.response_hours::DOUBLE, 0.9) AS "response_hours_p90",
  quantile_cont(t.resolution_hours::DOUBLE, 0.5) AS "resolution_hours_p50",
  quantile_cont(t.resolution_hours::DOUBLE, 0.9) AS "resolution_hours_p90",
  (sum(t.resolution_hours))::DOUBLE / nullif((count(t.resolution_hours))::DOUBLE, 0) AS "resolution_hours_mean",
  sum(t.minutes) AS "minutes",
  sum(t.cost) AS "cost",
  (sum(t.cost))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "cost_per_ticket",
  sum(t.transfers) AS "transfers",
  (sum(t.transfers))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "transfers_per_ticket",
  sum(t.reopened) AS "reopened",
  (sum(t.reopened))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "reopen_rate",
  sum(t.repeats) AS "repeats",
  (sum(t.repeats))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "repeat_rate",
  sum(t.first_contact) AS "first_contact",
  (sum(t.first_contact))::DOUBLE / nullif((sum(t.resolved))::DOUBLE, 0) AS "fcr",
  sum(t.rated) AS "rated",
  (sum(t.csat))::DOUBLE / nullif((count(t.csat))::DOUBLE, 0) AS "csat"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_ticket AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

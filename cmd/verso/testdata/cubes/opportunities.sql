-- rows: customer.type
-- Every measure of the cube "opportunities", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "opportunities",
  sum(t.open) AS "open",
  sum(t.won) AS "won",
  sum(t.lost) AS "lost",
  sum(t.won + t.lost) AS "decided",
  (sum(t.won))::DOUBLE / nullif((sum(t.won + t.lost))::DOUBLE, 0) AS "win_rate",
  sum(t.amount) AS "amount",
  sum(t.amount_open) AS "amount_open",
  sum(t.weighted) AS "weighted",
  sum(t.amount_won) AS "amount_won",
  sum(t.amount_lost) AS "amount_lost",
  sum(t.amount_won + t.amount_lost) AS "amount_decided",
  (sum(t.amount_won))::DOUBLE / nullif((sum(t.amount_won + t.amount_lost))::DOUBLE, 0) AS "value_win_rate",
  (sum(t.amount))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "mean_amount",
  quantile_cont(t.cycle_days::DOUBLE, 0.5) AS "cycle_days_p50",
  quantile_cont(t.cycle_days::DOUBLE, 0.9) AS "cycle_days_p90",
  quantile_cont(t.slip_days::DOUBLE, 0.5) AS "slip_days_p50",
  sum(t.overdue) AS "overdue",
  quantile_cont(t.age_days::DOUBLE, 0.5) AS "age_days_p50",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_opportunity AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

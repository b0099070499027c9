-- Every measure of the cube "stage_events", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "events",
  sum(t.qty) AS "event_copies",
  count(DISTINCT t.order_key) FILTER (WHERE t.order_key <> -1) AS "event_orders",
  count(DISTINCT t.batch_key) FILTER (WHERE t.batch_key <> -1) AS "batches_used",
  quantile_cont(t.days::DOUBLE, 0.5) AS "stage_days_p50",
  quantile_cont(t.workdays::DOUBLE, 0.5) AS "stage_workdays_p50",
  quantile_cont(t.days::DOUBLE, 0.9) AS "stage_days_p90",
  quantile_cont(t.workdays::DOUBLE, 0.9) AS "stage_workdays_p90",
  count(*) FILTER (WHERE t.is_before_order) AS "events_before_order"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_stage_event AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

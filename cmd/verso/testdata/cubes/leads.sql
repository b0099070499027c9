-- rows: customer.type
-- Every measure of the cube "leads", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "leads",
  sum(t.touched) AS "touched",
  sum(t.untouched) AS "untouched",
  sum(t.converted) AS "converted",
  sum(t.lost) AS "lost",
  sum(t.open) AS "open",
  sum(t.ordered) AS "ordered",
  (sum(t.untouched))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "leakage",
  (sum(t.converted))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "lead_conversion",
  (sum(t.ordered))::DOUBLE / nullif((count(*))::DOUBLE, 0) AS "order_share",
  quantile_cont(t.days_to_touch::DOUBLE, 0.5) AS "speed_to_lead_p50",
  quantile_cont(t.days_to_touch::DOUBLE, 0.9) AS "speed_to_lead_p90",
  (sum(t.days_to_touch))::DOUBLE / nullif((count(t.days_to_touch))::DOUBLE, 0) AS "days_to_touch_mean",
  quantile_cont(t.days_to_order::DOUBLE, 0.5) AS "days_to_order_p50",
  (sum(t.score))::DOUBLE / nullif((count(t.score))::DOUBLE, 0) AS "score_mean"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_lead AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

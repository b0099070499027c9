-- rows: customer.type
-- Every measure of the cube "campaign_targets", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "targets",
  sum(t.sent) AS "sent",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1 AND t.is_treated) AS "reached",
  count(*) FILTER (WHERE t.is_treated) AS "treated",
  count(*) FILTER (WHERE t.is_control) AS "held_back",
  sum(t.opened) AS "opened",
  sum(t.clicked) AS "clicked",
  sum(t.replied) AS "replied",
  sum(t.attended) AS "attended",
  sum(t.unsubscribed) AS "unsubscribed",
  sum(t.responded) AS "responders",
  sum(t.ordered) AS "buyers",
  sum(t.orders) AS "orders",
  sum(t.net) AS "ordered_net",
  sum(t.margin) AS "ordered_margin",
  sum(t.cost) AS "contact_cost",
  sum(t.shared_cost) AS "shared_cost",
  sum(t.cost) + sum(t.shared_cost) AS "cost",
  count(*) FILTER (WHERE t.is_treated) + count(*) FILTER (WHERE t.is_control) AS "customers_addressed",
  (sum(t.responded))::DOUBLE / nullif((sum(t.sent))::DOUBLE, 0) AS "response_rate",
  (sum(t.opened))::DOUBLE / nullif((sum(t.sent))::DOUBLE, 0) AS "open_rate",
  (sum(t.clicked))::DOUBLE / nullif((sum(t.sent))::DOUBLE, 0) AS "click_rate",
  (sum(t.unsubscribed))::DOUBLE / nullif((sum(t.sent))::DOUBLE, 0) AS "unsubscribe_rate",
  (sum(t.ordered))::DOUBLE / nullif((count(*) FILTER (WHERE t.is_treated) + count(*) FILTER (WHERE t.is_control))::DOUBLE, 0) AS "conversion",
  sum(t.ordered) FILTER (WHERE t.is_treated) AS "buyers_treated",
  sum(t.ordered) FILTER (WHERE t.is_control) AS "buyers_held_back",
  (sum(t.ordered) FILTER (WHERE t.is_treated))::DOUBLE / nullif((count(*) FILTER (WHERE t.is_treated))::DOUBLE, 0) AS "rate_treated",
  (sum(t.ordered) FILTER (WHERE t.is_control))::DOUBLE / nullif((count(*) FILTER (WHERE t.is_control))::DOUBLE, 0) AS "rate_held_back",
  (coalesce(sum(t.ordered) FILTER (WHERE t.is_treated), 0))::DOUBLE / nullif(count(*) FILTER (WHERE t.is_treated), 0) - (coalesce(sum(t.ordered) FILTER (WHERE t.is_control), 0))::DOUBLE / nullif(count(*) FILTER (WHERE t.is_control), 0) AS "lift",
  coalesce(sum(t.ordered) FILTER (WHERE t.is_treated), 0) - (coalesce(sum(t.ordered) FILTER (WHERE t.is_control), 0))::DOUBLE * count(*) FILTER (WHERE t.is_treated) / nullif(count(*) FILTER (WHERE t.is_control), 0) AS "incremental_buyers",
  (sum(t.margin))::DOUBLE / nullif((sum(t.ordered))::DOUBLE, 0) AS "margin_per_buyer",
  (sum(t.cost) + sum(t.shared_cost))::DOUBLE / nullif((sum(t.ordered))::DOUBLE, 0) AS "cost_per_buyer",
  quantile_cont(t.days_to_response::DOUBLE, 0.5) AS "response_days_p50"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_campaign_target AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

-- rows: campaign.type
-- Every measure of the cube "campaigns", by campaign type and year, with all totals,
-- written by hand: costs, targets, responses and leads side by side.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  sum(t.cost) AS "cost",
  sum(t.sent) AS "sent",
  coalesce(sum(t.treated), 0) AS "treated",
  coalesce(sum(t.held_back), 0) AS "held_back",
  sum(t.responders) AS "responders",
  sum(t.buyers) AS "buyers",
  sum(t.buyers_treated) AS "buyers_treated",
  sum(t.buyers_held_back) AS "buyers_held_back",
  sum(t.ordered_net) AS "ordered_net",
  sum(t.ordered_margin) AS "ordered_margin",
  sum(t.contact_cost) AS "contact_cost",
  coalesce(sum(t.responses), 0) AS "responses",
  coalesce(sum(t.leads), 0) AS "leads",
  sum(t.converted) AS "converted",
  CASE WHEN count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0) END AS "spend",
  (sum(t.responders))::DOUBLE / nullif((sum(t.sent))::DOUBLE, 0) AS "response_share",
  (CASE WHEN count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0) END)::DOUBLE / nullif((sum(t.responders))::DOUBLE, 0) AS "cost_per_response",
  (CASE WHEN count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0) END)::DOUBLE / nullif((sum(t.leads))::DOUBLE, 0) AS "cost_per_lead",
  (CASE WHEN count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0) END)::DOUBLE / nullif((sum(t.buyers_treated))::DOUBLE, 0) AS "cost_per_order_customer",
  (sum(t.ordered_net))::DOUBLE / nullif((CASE WHEN count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0) END)::DOUBLE, 0) AS "net_per_spend",
  CASE WHEN count(t.ordered_margin) + count(t.cost) + count(t.contact_cost) > 0 THEN coalesce(sum(t.ordered_margin), 0) - (coalesce(sum(t.cost), 0) + coalesce(sum(t.contact_cost), 0)) END AS "margin_after_spend"
FROM (
  SELECT x.*,
    CASE WHEN x.campaign_key = -1 OR c.campaign_key IS NULL THEN '(unknown)' ELSE coalesce(c.type, '(none)') END AS kind,
    CASE WHEN x.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM (
  SELECT f.amount AS cost, NULL AS sent, NULL AS treated, NULL AS held_back, NULL AS responders, NULL AS buyers, NULL AS buyers_treated, NULL AS buyers_held_back, NULL AS ordered_net, NULL AS ordered_margin, NULL AS contact_cost, NULL AS responses, NULL AS leads, NULL AS converted, f.campaign_key, f.date_key
  FROM core.fact_campaign_cost AS f
  UNION ALL
  SELECT NULL AS cost, f.sent AS sent, f.is_treated::INTEGER AS treated, f.is_control::INTEGER AS held_back, f.responded AS responders, f.ordered AS buyers, CASE WHEN f.is_treated THEN f.ordered END AS buyers_treated, CASE WHEN f.is_control THEN f.ordered END AS buyers_held_back, f.net AS ordered_net, f.margin AS ordered_margin, f.cost AS contact_cost, NULL AS responses, NULL AS leads, NULL AS converted, f.campaign_key, f.date_key
  FROM core.fact_campaign_target AS f
  UNION ALL
  SELECT NULL AS cost, NULL AS sent, NULL AS treated, NULL AS held_back, NULL AS responders, NULL AS buyers, NULL AS buyers_treated, NULL AS buyers_held_back, NULL AS ordered_net, NULL AS ordered_margin, NULL AS contact_cost, 1 AS responses, NULL AS leads, NULL AS converted, f.campaign_key, f.date_key
  FROM core.fact_campaign_response AS f
  UNION ALL
  SELECT NULL AS cost, NULL AS sent, NULL AS treated, NULL AS held_back, NULL AS responders, NULL AS buyers, NULL AS buyers_treated, NULL AS buyers_held_back, NULL AS ordered_net, NULL AS ordered_margin, NULL AS contact_cost, NULL AS responses, 1 AS leads, f.converted AS converted, f.campaign_key, f.date_key
  FROM core.fact_lead AS f
  ) AS x
  LEFT JOIN core.dim_campaign AS c ON c.campaign_key = x.campaign_key
  LEFT JOIN core.dim_date AS d ON d.date_key = x.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

-- rows: campaign.type
-- Every measure of the cube "campaign_costs", by campaign type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  sum(t.amount) AS "cost",
  count(*) AS "cost_lines",
  count(DISTINCT t.campaign_key) FILTER (WHERE t.campaign_key <> -1) AS "campaigns",
  (sum(t.amount))::DOUBLE / nullif((count(DISTINCT t.campaign_key) FILTER (WHERE t.campaign_key <> -1))::DOUBLE, 0) AS "cost_per_campaign"
FROM (
  SELECT f.*,
    CASE WHEN f.campaign_key = -1 OR c.campaign_key IS NULL THEN '(unknown)' ELSE coalesce(c.type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_campaign_cost AS f
  LEFT JOIN core.dim_campaign AS c ON c.campaign_key = f.campaign_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

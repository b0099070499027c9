-- rows: campaign.type
-- Every measure of the cube "campaign_effect", by campaign type and year, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "campaigns",
  count(*) FILTER (WHERE t.lift IS NOT NULL) AS "judged",
  count(*) FILTER (WHERE t.verdict = 'lift') AS "lifts",
  sum(t.treated) AS "treated",
  sum(t.treated) FILTER (WHERE t.lift IS NOT NULL) AS "treated_judged",
  sum(t.extra_buyers) AS "extra_buyers",
  (sum(t.extra_buyers))::DOUBLE / nullif((sum(t.treated) FILTER (WHERE t.lift IS NOT NULL))::DOUBLE, 0) AS "mean_lift",
  sum(t.incremental_margin) AS "incremental_margin",
  sum(t.cost) AS "cost",
  sum(t.cost) FILTER (WHERE t.incremental_margin IS NOT NULL) AS "cost_judged",
  sum(t.profit) AS "profit",
  (sum(t.profit))::DOUBLE / nullif((sum(t.cost) FILTER (WHERE t.incremental_margin IS NOT NULL))::DOUBLE, 0) AS "romi",
  sum(t.naive_margin) AS "naive_margin"
FROM (
  SELECT f.*, coalesce(strftime(f.from_date, '%Y'), '(unknown)') AS year,
    CASE WHEN k.campaign_key IS NULL THEN '(unknown)' ELSE coalesce(k.type, '(none)') END AS kind
  FROM score.campaign AS f
  LEFT JOIN core.dim_campaign AS k ON k.campaign_key = f.campaign_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "profit", by customer type and area, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "year",
  sum(t.contribution) AS "contribution",
  sum(t.net) AS "net",
  sum(t.gross) AS "gross",
  sum(t.returned) AS "returned",
  sum(t.net) - sum(t.returned) AS "net_after_returns",
  sum(t.margin) AS "margin",
  sum(t.cost_to_serve) AS "cost_to_serve",
  sum(t.selling_cost) AS "selling_cost",
  (sum(t.contribution))::DOUBLE / nullif((sum(t.net_costed))::DOUBLE, 0) AS "contribution_pct",
  sum(t.net_known) AS "net_known",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1 AND t.contribution IS NOT NULL) AS "known_customers",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  sum(t.lines) AS "lines"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN f.geo_key = -1 OR g.geo_key IS NULL THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area
  FROM score.profit_cell AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = f.geo_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.area), (t.kind), (t.area), ())
ORDER BY 1, 2;

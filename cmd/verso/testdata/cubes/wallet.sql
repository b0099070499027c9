-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "wallet", by customer type and area, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "year",
  sum(t.sales_12) AS "sales_12",
  sum(t.wallet) AS "wallet",
  sum(t.sales_12) FILTER (WHERE t.wallet IS NOT NULL) AS "sales_judged",
  (sum(t.sales_12) FILTER (WHERE t.wallet IS NOT NULL))::DOUBLE / nullif((sum(t.wallet))::DOUBLE, 0) AS "share_of_wallet",
  sum(t.potential) AS "potential",
  sum(t.potential_margin) AS "potential_margin",
  sum(t.budget) AS "budget",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  count(*) FILTER (WHERE t.is_low) AS "low_share",
  count(*) FILTER (WHERE t.is_wanted) AS "wanted"
FROM (
  SELECT f.customer_key, f.sales_12, f.wallet, f.potential, f.potential_margin, f.budget, f.is_low, f.is_wanted,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN k.geo_key = -1 OR g.geo_key IS NULL THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area
  FROM score.wallet AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = k.geo_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.area), (t.kind), (t.area), ())
ORDER BY 1, 2;

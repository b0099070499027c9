-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "price_response", by customer type and area, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "year",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  count(*) AS "rows",
  sum(t.quotes) AS "quotes",
  sum(t.accepted) AS "accepted",
  (sum(t.accepted))::DOUBLE / nullif((sum(t.quotes))::DOUBLE, 0) AS "acceptance",
  sum(t.prices) AS "prices",
  (sum(t.prices))::DOUBLE / nullif((sum(t.quotes))::DOUBLE, 0) AS "mean_price",
  sum(t.elasticity) AS "slopes",
  (sum(t.elasticity))::DOUBLE / nullif(count(*)::DOUBLE, 0) AS "elasticity",
  count(*) FILTER (WHERE t.advice = 'discount') AS "discount",
  count(*) FILTER (WHERE t.advice = 'serve') AS "serve"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN g.geo_key IS NULL OR g.geo_key = -1 THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area
  FROM score.price AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = k.geo_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.area), (t.kind), (t.area), ())
ORDER BY 1, 2;

-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "fade", by customer type and area, with all totals, written
-- by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "year",
  count(*) AS "customers",
  sum(t.expected_fading) AS "expected_fading",
  (sum(t.expected_fading))::DOUBLE / nullif(count(*), 0) AS "rate",
  sum(t.value_at_risk) AS "value_at_risk",
  count(*) FILTER (WHERE t.is_fading) AS "already_fading"
FROM (
  SELECT f.expected_fading, f.value_at_risk, f.is_fading,
    CASE WHEN k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN g.geo_key IS NULL OR g.geo_key = -1 THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area
  FROM score.fade AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = f.geo_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.area), (t.kind), (t.area), ())
ORDER BY 1, 2;

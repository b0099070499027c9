-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "recommendation", by customer type and area, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.area) = 1 THEN '(total)' ELSE t.area END AS "year",
  count(*) AS "lines",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  count(DISTINCT t.title_key) FILTER (WHERE t.title_key <> -1) AS "titles",
  count(*) FILTER (WHERE t.is_next) AS "next_volumes",
  count(*) FILTER (WHERE t.is_holdout) AS "held_out",
  (count(*) FILTER (WHERE t.is_next))::DOUBLE / nullif(count(*)::DOUBLE, 0) AS "next_share",
  count(*)::DOUBLE / nullif((count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1))::DOUBLE, 0) AS "per_customer"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN g.geo_key IS NULL OR g.geo_key = -1 THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS area
  FROM score.recommendation AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = f.geo_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.area), (t.kind), (t.area), ())
ORDER BY 1, 2;

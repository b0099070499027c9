-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "gain_loss", by customer type and area, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.a) = 1 THEN '(total)' ELSE t.a END AS "type",
  CASE WHEN GROUPING(t.b) = 1 THEN '(total)' ELSE t.b END AS "year",
  sum(t.net_before) AS "net_before",
  sum(t.net_now) AS "net_now",
  sum(t.change) AS "change",
  (sum(t.change))::DOUBLE / nullif((sum(t.net_before))::DOUBLE, 0) AS "growth",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  sum(t.net_before) FILTER (WHERE t.is_like_for_like) AS "like_before",
  sum(t.net_now) FILTER (WHERE t.is_like_for_like) AS "like_now",
  (sum(t.net_now) FILTER (WHERE t.is_like_for_like))::DOUBLE / nullif((sum(t.net_before) FILTER (WHERE t.is_like_for_like))::DOUBLE, 0) - 1 AS "like_growth",
  sum(t.margin_before) AS "margin_before",
  sum(t.margin_now) AS "margin_now",
  sum(t.lines_before) AS "lines_before",
  sum(t.lines_now) AS "lines_now"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS a,
    CASE WHEN f.geo_key = -1 OR g.geo_key IS NULL THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS b
  FROM score.gain_loss AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = f.geo_key
) AS t
GROUP BY GROUPING SETS ((t.a, t.b), (t.a), (t.b), ())
ORDER BY 1, 2;

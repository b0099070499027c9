-- rows: class.group
-- Every measure of the cube "catalogue_listings", by class group and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "listings",
  count(DISTINCT t.title_key) FILTER (WHERE t.title_key <> -1) AS "titles_listed",
  count(*) FILTER (WHERE t.is_mature) AS "mature_listings",
  count(*) FILTER (WHERE t.is_hit) AS "hits",
  (count(*) FILTER (WHERE t.is_hit))::DOUBLE / nullif(count(*) FILTER (WHERE t.is_mature), 0) AS "hit_rate",
  sum(t.copies_90) AS "listing_copies",
  sum(t.net_90) AS "listing_net",
  (sum(t.copies_90))::DOUBLE / nullif(count(*), 0) AS "copies_per_listing",
  sum(t.cited_lines) AS "cited_lines",
  quantile_cont(t.days_to_first_order::DOUBLE, 0.5) AS "days_to_first_order_p50",
  quantile_cont(t.days_to_first_order::DOUBLE, 0.9) AS "days_to_first_order_p90"
FROM (
  SELECT f.*,
    CASE WHEN f.clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.group5, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_catalogue_listing AS f
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.clc_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

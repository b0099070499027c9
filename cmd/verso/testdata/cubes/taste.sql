-- rows: customer.type
-- columns: class.bucket
-- Every measure of the cube "taste", by customer type and subject of the
-- favourite, with all totals, written by hand: what the cube has to answer, on any
-- data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.bucket) = 1 THEN '(total)' ELSE t.bucket END AS "year",
  count(*) AS "customers",
  sum(t.lines) AS "lines",
  count(*) FILTER (WHERE t.is_certain) AS "certain",
  avg(t.confidence) AS "confidence",
  avg(t.share) AS "share",
  avg(t.breadth) AS "breadth",
  count(*) FILTER (WHERE t.drift_tested) AS "tested",
  count(*) FILTER (WHERE t.has_drifted) AS "changed",
  sum(t.declared) AS "declared",
  sum(t.declared_unbought) AS "unbought"
FROM (
  SELECT f.*, CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind,
    CASE WHEN f.top_clc_key = -1 OR c.clc_key IS NULL THEN '(unknown)' ELSE coalesce(c.bucket, '(none)') END AS bucket
  FROM score.taste_profile AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_clc AS c ON c.clc_key = f.top_clc_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.bucket), (t.kind), (t.bucket), ())
ORDER BY 1, 2;

-- rows: customer.type
-- columns: policy.name
-- Every measure of the cube "sevenp", by customer type and service suggested,
-- with all totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.policy) = 1 THEN '(total)' ELSE t.policy END AS "year",
  count(*) AS "customers",
  avg(t.composite) AS "composite",
  quantile_cont(t.composite, 0.5) AS "composite_median",
  avg(t.profiling) AS "profiling",
  avg(t.persistency) AS "persistency",
  avg(t.profitability) AS "profitability",
  avg(t.performance) AS "performance",
  avg(t.prospecting) AS "prospecting",
  avg(t.product) AS "product",
  avg(t.promotion) AS "promotion",
  count(t."before") AS "compared",
  avg(t.change) AS "change"
FROM (
  SELECT f.*, CASE WHEN k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind
  FROM score.sevenp AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.policy), (t.kind), (t.policy), ())
ORDER BY 1, 2;

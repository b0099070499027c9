-- rows: customer.type
-- Every measure of the cube "surveys", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "responses",
  sum((t.score IS NOT NULL)::INTEGER) AS "answers",
  (sum(t.score))::DOUBLE / nullif((count(t.score))::DOUBLE, 0) AS "score_mean",
  sum(coalesce(t.score >= 9, false)::INTEGER) AS "promoters",
  sum(coalesce(t.score BETWEEN 7 AND 8, false)::INTEGER) AS "passives",
  sum(coalesce(t.score <= 6, false)::INTEGER) AS "detractors",
  (count(*) FILTER (WHERE t.score >= 9) - count(*) FILTER (WHERE t.score <= 6))::DOUBLE / nullif((count(t.score))::DOUBLE, 0) AS "nps",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS year
  FROM core.fact_survey AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

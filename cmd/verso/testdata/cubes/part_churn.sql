-- rows: customer.type
-- columns: class.bucket
-- Every measure of the cube "part_churn", by customer type and subject, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.bucket) = 1 THEN '(total)' ELSE t.bucket END AS "year",
  count(*) AS "pairs",
  sum(t.expected_left) AS "expected_left",
  (sum(t.expected_left))::DOUBLE / nullif(count(*), 0) AS "rate",
  sum(t.value) AS "value",
  sum(t.value_at_risk) AS "value_at_risk",
  count(*) FILTER (WHERE t.has_left) AS "already_left"
FROM (
  SELECT f.expected_left, f.value, f.value_at_risk, f.has_left, f.bucket,
    CASE WHEN k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind
  FROM score.part_churn AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.bucket), (t.kind), (t.bucket), ())
ORDER BY 1, 2;

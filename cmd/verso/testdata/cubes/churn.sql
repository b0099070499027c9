-- rows: customer.type
-- columns: churn_band.band
-- Every measure of the cube "churn", by customer type and risk, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.band) = 1 THEN '(total)' ELSE t.band END AS "year",
  count(*) AS "customers",
  sum(t.expected_left) AS "expected_left",
  (sum(t.expected_left))::DOUBLE / nullif(count(*), 0) AS "rate",
  sum(t.value) AS "value",
  sum(t.value_at_risk) AS "value_at_risk",
  sum(t.expected_gain) AS "expected_gain",
  count(*) FILTER (WHERE t.is_holdout) AS "held_out"
FROM (
  SELECT f.customer_key, f.expected_left, f.value, f.value_at_risk, f.expected_gain, f.is_holdout, coalesce(f.band, '(unknown)') AS band,
    CASE WHEN k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS kind
  FROM score.churn AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.band), (t.kind), (t.band), ())
ORDER BY 1, 2;

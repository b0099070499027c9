-- rows: customer.type
-- columns: customer.loyalty_status
-- Every measure of the cube "loyalty", by customer type and status, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.status) = 1 THEN '(total)' ELSE t.status END AS "year",
  count(*) AS "customers",
  avg(t.loyalty) AS "loyalty",
  quantile_cont(t.loyalty, 0.5) AS "loyalty_median",
  quantile_cont(t.silent_days, 0.5) AS "silent_days",
  count(*) FILTER (WHERE t.is_own_gap) AS "own_gap"
FROM (
  SELECT f.*, coalesce(k.customer_type, '(none)') AS kind
  FROM score.loyalty AS f
  JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.status), (t.kind), (t.status), ())
ORDER BY 1, 2;

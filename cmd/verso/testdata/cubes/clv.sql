-- rows: customer.type
-- columns: customer.tier
-- Every measure of the cube "clv", by customer type and tier, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.tier) = 1 THEN '(total)' ELSE t.tier END AS "year",
  count(*) AS "customers",
  sum(t.clv) AS "clv",
  sum(t.sales_to_come) AS "sales_to_come",
  count(t.clv) AS "valued",
  (sum(t.clv))::DOUBLE / nullif(count(t.clv), 0) AS "clv_per_customer",
  avg(t.p_alive) AS "alive",
  avg(t.expected_orders) AS "expected_orders"
FROM (
  SELECT f.*, coalesce(k.customer_type, '(none)') AS kind, coalesce(p.tier, '(none)') AS tier
  FROM score.clv AS f
  JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN score.pyramid AS p ON p.customer_key = f.customer_key AND p.basis = 'revenue'
) AS t
GROUP BY GROUPING SETS ((t.kind, t.tier), (t.kind), (t.tier), ())
ORDER BY 1, 2;

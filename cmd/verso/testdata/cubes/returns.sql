-- Every measure of the cube "returns", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.customer_type) = 1 THEN '(total)' ELSE t.customer_type END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  sum(t."value") AS "return_value",
  sum(t.qty) AS "return_copies",
  count(*) AS "return_lines",
  count(DISTINCT t.order_key) FILTER (WHERE t.order_key <> -1) AS "return_orders",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "return_customers",
  count(DISTINCT t.title_key) FILTER (WHERE t.title_key <> -1) AS "return_titles",
  sum(t."value")::DOUBLE / nullif(count(*), 0) AS "value_per_return",
  median(t."value"::DOUBLE) AS "median_return",
  sum(t."value")::DOUBLE / nullif(sum(t.qty), 0) AS "value_per_copy_returned",
  sum(t.qty)::DOUBLE / nullif(count(*), 0) AS "copies_per_return",
  count(t.reason) AS "returns_with_reason",
  count(t.reason)::DOUBLE / nullif(count(*), 0) AS "reason_share",
  count(*) FILTER (WHERE t.from_order_line) AS "negative_lines",
  min(t.return_date) AS "first_return",
  max(t.return_date) AS "last_return"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "customer_type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_return AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.customer_type, t.year), (t.customer_type), (t.year), ())
ORDER BY 1, 2;

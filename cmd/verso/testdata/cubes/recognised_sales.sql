-- Every measure of the cube "recognised_sales", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.net) AS "net",
  sum(t.tax) AS "tax",
  sum(t.net + t.tax) AS "net_with_tax",
  sum(t.qty) AS "copies",
  sum(t.cogs) AS "cogs",
  sum(t.net - t.cogs) AS "margin",
  sum(t.net - t.cogs)::DOUBLE / nullif((sum(t.net) FILTER (WHERE t.cogs IS NOT NULL))::DOUBLE, 0) AS "margin_pct",
  (sum(t.net) FILTER (WHERE t.cogs IS NOT NULL))::DOUBLE / nullif(sum(t.net)::DOUBLE, 0) AS "cost_coverage",
  sum(t.fx_difference) AS "fx_difference",
  sum(t.net_constant) AS "net_constant",
  sum(t.net - t.net_constant) AS "currency_effect",
  count(*) AS "lines",
  count(DISTINCT t.invoice_key) AS "invoices",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  sum(t.net)::DOUBLE / nullif(count(DISTINCT t.invoice_key), 0) AS "net_per_invoice",
  coalesce(sum(t.net) FILTER (WHERE t.kind = 'line'), 0)::DOUBLE / nullif(sum(t.net)::DOUBLE, 0) AS "link_share"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_sales AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

-- rows: supplier.type
-- Every measure of the cube "payables", by type of supplier and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.billed) AS "billed",
  sum(t.paid) AS "paid",
  sum(t.open) AS "open",
  sum(t.overdue) AS "overdue",
  coalesce(sum(t.overdue), 0)::DOUBLE / nullif((sum(t.open) FILTER (WHERE t.open > 0))::DOUBLE, 0) AS "overdue_share",
  count(*) AS "invoices",
  count(*) FILTER (WHERE t.open > 0) AS "open_invoices",
  count(*) FILTER (WHERE t.open > 0 AND t.due_date < r.as_of) AS "overdue_invoices",
  count(*) FILTER (WHERE t.settled_date IS NOT NULL AND t.billed_ccy > 0) AS "paid_invoices",
  count(*) FILTER (WHERE t.settled_date > t.due_date) AS "late_invoices",
  (count(*) FILTER (WHERE t.settled_date > t.due_date))::DOUBLE / nullif(count(*) FILTER (WHERE t.settled_date IS NOT NULL AND t.billed_ccy > 0), 0) AS "late_share",
  quantile_cont((t.settled_date - t.invoice_date)::DOUBLE, 0.5) AS "days_to_pay_p50",
  quantile_cont((t.settled_date - t.invoice_date)::DOUBLE, 0.9) AS "days_to_pay_p90",
  sum(t.fx_difference) AS "fx_difference",
  count(DISTINCT t.supplier_key) FILTER (WHERE t.supplier_key <> -1) AS "suppliers"
FROM (
  SELECT f.*,
    CASE WHEN f.supplier_key = -1 OR c.supplier_key IS NULL THEN '(unknown)' ELSE coalesce(c.type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_payable AS f
  LEFT JOIN core.dim_supplier AS c ON c.supplier_key = f.supplier_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
CROSS JOIN meta.run AS r
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

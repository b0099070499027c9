-- Every measure of the cube "receivables", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.billed) AS "billed",
  sum(t.tax) AS "tax",
  sum(t.paid) AS "paid",
  sum(t.open) AS "open",
  sum(t.overdue) AS "overdue",
  coalesce(sum(t.overdue), 0)::DOUBLE / nullif((sum(t.open) FILTER (WHERE t.open > 0))::DOUBLE, 0) AS "overdue_share",
  sum(t.billed) FILTER (WHERE t.due_date <= r.as_of AND t.invoice_date <= r.as_of) AS "due_billed",
  sum(t.paid) FILTER (WHERE t.due_date <= r.as_of AND t.invoice_date <= r.as_of) AS "collected",
  (sum(t.paid) FILTER (WHERE t.due_date <= r.as_of AND t.invoice_date <= r.as_of))::DOUBLE / nullif((sum(t.billed) FILTER (WHERE t.due_date <= r.as_of AND t.invoice_date <= r.as_of))::DOUBLE, 0) AS "collection_rate",
  count(*) AS "invoices",
  count(*) FILTER (WHERE t.open > 0) AS "open_invoices",
  count(*) FILTER (WHERE t.open > 0 AND t.due_date < r.as_of) AS "overdue_invoices",
  count(*) FILTER (WHERE t.billed_ccy < 0) AS "credit_notes",
  count(*) FILTER (WHERE t.settled_date IS NOT NULL AND t.billed_ccy > 0) AS "paid_invoices",
  count(*) FILTER (WHERE t.settled_date > t.due_date) AS "late_invoices",
  (count(*) FILTER (WHERE t.settled_date > t.due_date))::DOUBLE / nullif(count(*) FILTER (WHERE t.settled_date IS NOT NULL AND t.billed_ccy > 0), 0) AS "late_share",
  sum(t.settled_date - t.invoice_date)::DOUBLE / nullif(count(t.settled_date), 0) AS "days_to_pay",
  quantile_cont((t.settled_date - t.invoice_date)::DOUBLE, 0.5) AS "days_to_pay_p50",
  quantile_cont((t.settled_date - t.invoice_date)::DOUBLE, 0.9) AS "days_to_pay_p90",
  max(r.as_of - t.due_date) FILTER (WHERE t.open > 0 AND t.due_date < r.as_of) AS "longest_overdue",
  sum(t.fx_difference) AS "fx_difference",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_receivable AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
CROSS JOIN meta.run AS r
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

-- rows: supplier.type
-- Every measure of the cube "supplier_payments", by type of supplier and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.amount) AS "paid",
  sum(t.settled) AS "settled",
  sum(t.amount - t.settled) AS "fx_difference",
  count(*) AS "payments",
  count(*) FILTER (WHERE t.days_late > 0) AS "late_payments",
  quantile_cont((t.payment_date - t.invoice_date)::DOUBLE, 0.5) AS "days_to_pay_p50",
  quantile_cont((t.payment_date - t.invoice_date)::DOUBLE, 0.9) AS "days_to_pay_p90"
FROM (
  SELECT f.*,
    CASE WHEN f.supplier_key = -1 OR c.supplier_key IS NULL THEN '(unknown)' ELSE coalesce(c.type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_supplier_payment AS f
  LEFT JOIN core.dim_supplier AS c ON c.supplier_key = f.supplier_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

-- Every measure of the cube "payments", by customer type and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  CASE WHEN GROUPING(t."year") = 1 THEN '(total)' ELSE t."year" END AS "year",
  sum(t.amount) AS "received",
  sum(t.amount) FILTER (WHERE t.kind = 'allocated') AS "allocated",
  sum(t.amount) FILTER (WHERE t.kind = 'unallocated') AS "unallocated",
  sum(t.amount) FILTER (WHERE t.kind = 'overallocated') AS "overallocated",
  sum(t.settled) AS "settled",
  sum(t.amount - t.settled) AS "fx_difference",
  count(DISTINCT t.payment_key) AS "payments",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "payers",
  count(t.invoice_date) AS "allocations",
  (count(*) FILTER (WHERE t.days_late > 0))::DOUBLE / nullif(count(t.invoice_date), 0) AS "late_share",
  sum(t.amount) FILTER (WHERE t.payment_date < t.invoice_date) AS "prepaid",
  quantile_cont((t.payment_date - t.invoice_date)::DOUBLE, 0.5) AS "days_to_pay_p50",
  quantile_cont((t.payment_date - t.invoice_date)::DOUBLE, 0.9) AS "days_to_pay_p90"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type",
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_payment AS f
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."type"), (t."year"), ())
ORDER BY 1, 2;

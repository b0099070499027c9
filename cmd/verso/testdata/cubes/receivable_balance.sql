-- Every measure of the cube "receivable_balance", by customer type, on the last day of each and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t."type") = 1 THEN '(total)' ELSE t."type" END AS "type",
  t."year" AS "year",
  sum(t.open) AS "open",
  sum(CASE WHEN t.ageing_key BETWEEN 2 AND 7 THEN t.open ELSE 0 END) AS "overdue",
  sum(CASE WHEN t.ageing_key BETWEEN 2 AND 7 THEN t.open ELSE 0 END)::DOUBLE / nullif(sum(t.open)::DOUBLE, 0) AS "overdue_share",
  sum(t.invoices) AS "open_invoices"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR c.customer_key IS NULL THEN '(unknown)' ELSE coalesce(c.customer_type, '(none)') END AS "type", p."year"
  FROM core.fact_receivable_balance AS f
  JOIN (
    SELECT d.year::VARCHAR AS "year", max(d.date_key) AS last_key FROM core.dim_date AS d WHERE d.date_key IN (SELECT date_key FROM core.fact_receivable_balance) GROUP BY d.year
    UNION ALL
    SELECT '(total)', max(date_key) FROM core.fact_receivable_balance
  ) AS p ON p.last_key = f.date_key
  LEFT JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
) AS t
GROUP BY GROUPING SETS ((t."type", t."year"), (t."year"))
ORDER BY 1, 2;

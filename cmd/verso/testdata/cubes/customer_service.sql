-- rows: customer.type
-- columns: region.area
-- Every measure of the cube "customer_service", by customer type and area, with all
-- totals, written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.a) = 1 THEN '(total)' ELSE t.a END AS "type",
  CASE WHEN GROUPING(t.b) = 1 THEN '(total)' ELSE t.b END AS "year",
  count(DISTINCT t.customer_key) FILTER (WHERE t.customer_key <> -1) AS "customers",
  sum(t.lines_due) AS "lines_due",
  sum(t.lines_on_time) AS "lines_on_time",
  (sum(t.lines_on_time))::DOUBLE / nullif((sum(t.lines_due))::DOUBLE, 0) AS "on_time",
  sum(t.lines_otif) AS "lines_otif",
  (sum(t.lines_otif))::DOUBLE / nullif((sum(t.lines_due))::DOUBLE, 0) AS "otif",
  sum(t.copies_wanted) AS "copies_wanted",
  sum(t.copies_filled) AS "copies_filled",
  (sum(t.copies_filled))::DOUBLE / nullif((sum(t.copies_wanted))::DOUBLE, 0) AS "fill_rate",
  sum(t.net) AS "net",
  sum(t.copies_bought) AS "copies_bought",
  sum(t.copies_returned) AS "copies_returned",
  sum(t.copies_faulty) AS "copies_faulty",
  (sum(t.copies_returned))::DOUBLE / nullif((sum(t.copies_bought))::DOUBLE, 0) AS "return_rate",
  sum(t.value_returned) AS "value_returned",
  sum(t.tickets) AS "tickets",
  sum(t.complaints) AS "complaints",
  sum(t.open_tickets) AS "open_tickets",
  sum(t.invoices_paid) AS "invoices_paid",
  sum(t.invoices_late) AS "invoices_late",
  (sum(t.invoices_late))::DOUBLE / nullif((sum(t.invoices_paid))::DOUBLE, 0) AS "late_share",
  sum(t.open) AS "open",
  sum(t.overdue) AS "overdue",
  sum(t.billed_90d) AS "billed_90d",
  (sum(t.open))::DOUBLE / nullif((sum(t.billed_90d))::DOUBLE, 0) * 90 AS "dso"
FROM (
  SELECT f.*,
    CASE WHEN f.customer_key = -1 OR k.customer_key IS NULL THEN '(unknown)' ELSE coalesce(k.customer_type, '(none)') END AS a,
    CASE WHEN f.geo_key = -1 OR g.geo_key IS NULL THEN '(unknown)' ELSE coalesce(g.area, '(none)') END AS b
  FROM score.customer_service AS f
  LEFT JOIN core.dim_customer AS k ON k.customer_key = f.customer_key
  LEFT JOIN core.dim_geo AS g ON g.geo_key = f.geo_key
) AS t
GROUP BY GROUPING SETS ((t.a, t.b), (t.a), (t.b), ())
ORDER BY 1, 2;

-- rows: supplier.country
-- Every measure of the cube "purchases", by supplier country and year, with all totals,
-- written by hand: what the cube has to answer, on any data.
SELECT CASE WHEN GROUPING(t.kind) = 1 THEN '(total)' ELSE t.kind END AS "type",
  CASE WHEN GROUPING(t.year) = 1 THEN '(total)' ELSE t.year END AS "year",
  count(*) AS "purchase_lines",
  sum(t.qty) AS "copies_bought",
  sum(t.qty_received) AS "copies_received",
  sum(t.qty_short) AS "copies_short",
  sum(t.qty_damaged) AS "copies_damaged",
  sum(t.qty_open) AS "copies_outstanding",
  (sum(t.qty_received))::DOUBLE / nullif(sum(t.qty), 0) AS "supplier_fill",
  (sum(t.qty_short))::DOUBLE / nullif(sum(t.qty), 0) AS "short_rate",
  (sum(t.qty_damaged))::DOUBLE / nullif(sum(t.qty_received), 0) AS "damage_rate",
  sum(t.cost_ordered) AS "purchase_cost",
  sum(t.cost) AS "received_cost",
  sum(t.cost_settled) AS "settled_cost",
  sum(t.fx_difference) AS "purchase_fx_difference",
  sum(t.price_variance) AS "price_variance",
  sum(t.cost_agreed) AS "agreed_cost",
  (sum(t.price_variance))::DOUBLE / nullif(sum(t.cost_agreed), 0) AS "price_variance_pct",
  quantile_cont(t.lead_days::DOUBLE, 0.5) AS "lead_days_p50",
  quantile_cont(t.slip_days::DOUBLE, 0.5) AS "slip_days_p50",
  quantile_cont(t.lead_days::DOUBLE, 0.9) AS "lead_days_p90",
  quantile_cont(t.slip_days::DOUBLE, 0.9) AS "slip_days_p90",
  count(*) FILTER (WHERE t.is_due) AS "lines_due",
  count(*) FILTER (WHERE t.is_in_time) AS "lines_in_time",
  count(*) FILTER (WHERE t.is_overdue) AS "overdue_purchases",
  count(DISTINCT t.supplier_key) FILTER (WHERE t.supplier_key <> -1) AS "suppliers_used",
  count(DISTINCT t.title_key) FILTER (WHERE t.title_key <> -1) AS "titles_bought"
FROM (
  SELECT f.*,
    CASE WHEN f.supplier_key = -1 OR c.supplier_key IS NULL THEN '(unknown)' ELSE coalesce(c.country, '(none)') END AS kind,
    CASE WHEN f.date_key = -1 OR d.date_key IS NULL THEN '(unknown)' ELSE d.year::VARCHAR END AS "year"
  FROM core.fact_purchase_line AS f
  LEFT JOIN core.dim_supplier AS c ON c.supplier_key = f.supplier_key
  LEFT JOIN core.dim_date AS d ON d.date_key = f.date_key
) AS t
GROUP BY GROUPING SETS ((t.kind, t.year), (t.kind), (t.year), ())
ORDER BY 1, 2;

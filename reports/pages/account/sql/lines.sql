-- The first 12 open order lines by the day they are expected, with how many there
-- are and what they are worth. Parameter: keys of customers.
SELECT o.customer_key, o.order_no, o.order_date, o.title, o.qty_open, o.open_value, o.stage, o.stage_zh, o.promised_date, o.eta_p50, o.eta_p90, o.is_overdue, o.lines, o.value_of_all, o.overdue_of_all
FROM (
  SELECT s.customer_key, h.order_no, s.order_date, t.title, s.qty_open, s.open_value, g.name_en AS stage, g.name_zh AS stage_zh, s.promised_date, s.eta_p50, s.eta_p90, s.is_overdue,
         count(*) OVER (PARTITION BY s.customer_key) AS lines, sum(s.open_value) OVER (PARTITION BY s.customer_key) AS value_of_all,
         count(*) FILTER (WHERE s.is_overdue) OVER (PARTITION BY s.customer_key) AS overdue_of_all,
         row_number() OVER (PARTITION BY s.customer_key ORDER BY coalesce(s.eta_p50, s.promised_date) NULLS LAST, s.line_id) AS place
  FROM core.fact_order_stage AS s
  LEFT JOIN core.fact_order_line AS h ON h.line_id = s.line_id
  LEFT JOIN core.dim_title AS t ON t.title_key = s.title_key
  LEFT JOIN core.dim_stage AS g ON g.stage_key = s.current_stage_key
  WHERE s.is_open AND s.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
) AS o
WHERE o.place <= 12
ORDER BY o.customer_key, o.place

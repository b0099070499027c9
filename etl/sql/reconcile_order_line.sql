-- Staged order lines against the facts: rows, copies, and the net amount in
-- document currency. Lines with a negative quantity become returns; lines that
-- are in no fact were set aside by the star and are in quarantine.order_line.
INSERT INTO meta.reconciliation
WITH line AS (
  SELECT l.line_id, l.qty_ordered,
    CASE WHEN l.qty_ordered >= 0 AND l.qty_cancelled IS NOT NULL
         THEN CASE WHEN l.qty_cancelled >= l.qty_ordered THEN l.qty_ordered ELSE l.qty_cancelled END ELSE 0 END AS cancelled,
    l.unit_price, coalesce(l.discount_pct, 0) AS discount_pct,
    coalesce(l.line_id IN (SELECT f.line_id FROM core.fact_order_line f), false) AS sold,
    coalesce(l.line_id IN (SELECT r.line_id FROM core.fact_return r WHERE r.from_order_line), false) AS returned
  FROM stage.order_line l
), priced AS (
  SELECT line_id, qty_ordered, cancelled, sold, returned,
    CAST(CAST((qty_ordered - cancelled) * unit_price AS DECIMAL(18,4)) * (100 - discount_pct) * 0.01 AS DECIMAL(18,4)) AS net
  FROM line
), staged AS (
  SELECT count(*) AS n, sum(qty_ordered) AS copies, sum(net) AS net,
    sum(CASE WHEN sold THEN cancelled ELSE 0 END) AS cancelled,
    count(*) FILTER (WHERE returned) AS returned,
    sum(CASE WHEN returned THEN qty_ordered ELSE 0 END) AS returned_copies,
    sum(CASE WHEN returned THEN net ELSE 0 END) AS returned_net,
    count(*) FILTER (WHERE NOT sold AND NOT returned) AS aside,
    sum(CASE WHEN NOT sold AND NOT returned THEN qty_ordered ELSE 0 END) AS aside_copies,
    sum(CASE WHEN NOT sold AND NOT returned THEN net ELSE 0 END) AS aside_net
  FROM priced
), fact AS (
  SELECT count(*) AS n, coalesce(sum(qty), 0) AS copies, coalesce(sum(net_ccy), 0) AS net FROM core.fact_order_line
), both_sides AS (
  SELECT 1 AS pos, 'order lines in facts' AS subject, 'rows' AS unit,
    CAST(s.n AS DECIMAL(38,4)) AS source_value, CAST(f.n AS DECIMAL(38,4)) AS warehouse_value,
    CAST(s.returned + s.aside AS DECIMAL(38,4)) AS explained,
    'staged, in fact_order_line; ' || s.returned || ' became returns, ' || s.aside || ' were set aside' AS detail
  FROM staged s CROSS JOIN fact f
  UNION ALL
  SELECT 2, 'order lines in facts', 'copies',
    CAST(coalesce(s.copies, 0) AS DECIMAL(38,4)), CAST(f.copies AS DECIMAL(38,4)),
    CAST(coalesce(s.cancelled + s.returned_copies + s.aside_copies, 0) AS DECIMAL(38,4)),
    'ordered, in fact_order_line; ' || coalesce(s.cancelled, 0) || ' cancelled, ' || coalesce(s.returned_copies, 0) || ' became returns, ' || coalesce(s.aside_copies, 0) || ' were set aside'
  FROM staged s CROSS JOIN fact f
  UNION ALL
  SELECT 3, 'order lines in facts', 'net in document currency',
    coalesce(s.net, 0), CAST(f.net AS DECIMAL(38,4)), coalesce(s.returned_net + s.aside_net, 0),
    'staged, in fact_order_line; ' || coalesce(s.returned_net, 0) || ' became returns, ' || coalesce(s.aside_net, 0) || ' were set aside'
  FROM staged s CROSS JOIN fact f
)
SELECT subject, unit, source_value, warehouse_value, explained, source_value - warehouse_value - explained, detail
FROM both_sides
ORDER BY pos

-- table: order_header
-- severity: warn
-- threshold: 0.005
-- needs: order_header, order_line
-- description: Orders whose stated total differs from the sum of their lines by more than a cent a line
-- hint: Look for missing lines, freight inside the total, or a discount that is not on the lines.
-- tested: SELECT count(*) FROM stage.order_header WHERE total IS NOT NULL
SELECT o.order_id, o.total AS value, l.net AS lines, CAST(o.total - l.net AS DECIMAL(38,4)) AS difference
FROM stage.order_header o
JOIN (
  SELECT order_id, count(*) AS n,
    sum(CAST(round(CAST(CAST(qty_ordered AS BIGINT) - coalesce(qty_cancelled, 0) AS DECIMAL(11,0)) * unit_price * CAST(1 - coalesce(discount_pct, 0) * 0.01 AS DECIMAL(9,6)), 4) AS DECIMAL(38,4))) AS net
  FROM stage.order_line
  GROUP BY order_id
) l ON l.order_id = o.order_id
WHERE o.total IS NOT NULL AND abs(o.total - l.net) > 0.01 * l.n

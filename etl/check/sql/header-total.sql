-- table: order_header
-- severity: warn
-- threshold: 0.005
-- needs: order_header, order_line
-- description: Orders whose stated total is the sum of their lines neither as ordered nor after cancellation, by more than a cent a line
-- hint: Look for missing lines, freight inside the total, or a discount that is not on the lines.
-- tested: SELECT count(*) FROM stage.order_header WHERE total IS NOT NULL
SELECT o.order_id, o.total AS value, l.ordered, l.after_cancellation
FROM stage.order_header o
JOIN (
  SELECT order_id, count(*) AS n,
    sum(CAST(round(CAST(qty_ordered AS DECIMAL(10,0)) * factor, 4) AS DECIMAL(38,4))) AS ordered,
    sum(CAST(round(CAST(CAST(qty_ordered AS BIGINT) - coalesce(qty_cancelled, 0) AS DECIMAL(11,0)) * factor, 4) AS DECIMAL(38,4))) AS after_cancellation
  FROM (
    SELECT order_id, qty_ordered, qty_cancelled,
      CAST(round(unit_price * CAST(1 - coalesce(discount_pct, 0) * 0.01 AS DECIMAL(9,6)), 8) AS DECIMAL(26,8)) AS factor
    FROM stage.order_line
  ) p
  GROUP BY order_id
) l ON l.order_id = o.order_id
WHERE o.total IS NOT NULL AND abs(o.total - l.ordered) > 0.01 * l.n AND abs(o.total - l.after_cancellation) > 0.01 * l.n

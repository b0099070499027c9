-- table: order_header
-- severity: warn
-- threshold: 0.005
-- needs: order_header, order_line
-- description: Orders whose stated total is the sum of their lines neither as ordered nor after cancellation, by more than a cent a line
-- hint: Look for missing lines, freight inside the total, or a discount that is not on the lines.
-- tested: SELECT count(*) FROM stage.order_header WHERE total IS NOT NULL
WITH near AS (
  -- In floating point first, which is fast: near the exact sums by what rounding
  -- of factors (1e-8 a copy), of lines (0.5e-4 each) and of the doubles can do.
  SELECT order_id, count(*) AS n, sum(ordered) AS ordered, sum(after_cancellation) AS after_cancellation,
    sum(copies) * 1e-8 + sum(size) * 1e-15 * (count(*) + 100) AS blur
  FROM (
    SELECT order_id, qty * price AS ordered, (qty - cancelled) * price AS after_cancellation, abs(qty) + abs(cancelled) AS copies, (abs(qty) + abs(cancelled)) * abs(price) AS size
    FROM (
      SELECT order_id, CAST(qty_ordered AS DOUBLE) AS qty, CAST(coalesce(qty_cancelled, 0) AS DOUBLE) AS cancelled,
        CAST(unit_price AS DOUBLE) * (1 - CAST(coalesce(discount_pct, 0) AS DOUBLE) * 0.01) AS price
      FROM stage.order_line
    ) p
  ) w
  GROUP BY order_id
), candidate AS (
  SELECT o.order_id, o.total
  FROM stage.order_header o
  JOIN near l ON l.order_id = o.order_id
  WHERE abs(CAST(o.total AS DOUBLE) - l.ordered) + l.blur + abs(CAST(o.total AS DOUBLE)) * 1e-13 > 0.0099 * l.n
    AND abs(CAST(o.total AS DOUBLE) - l.after_cancellation) + l.blur + abs(CAST(o.total AS DOUBLE)) * 1e-13 > 0.0099 * l.n
)
SELECT o.order_id, o.total AS value, l.ordered, l.after_cancellation
FROM candidate o
JOIN (
  SELECT order_id, count(*) AS n,
    sum(CAST(round(CAST(qty_ordered AS DECIMAL(10,0)) * factor, 4) AS DECIMAL(38,4))) AS ordered,
    sum(CAST(round(CAST(CAST(qty_ordered AS BIGINT) - coalesce(qty_cancelled, 0) AS DECIMAL(11,0)) * factor, 4) AS DECIMAL(38,4))) AS after_cancellation
  FROM (
    SELECT order_id, qty_ordered, qty_cancelled,
      CAST(round(unit_price * CAST(1 - coalesce(discount_pct, 0) * 0.01 AS DECIMAL(9,6)), 8) AS DECIMAL(26,8)) AS factor
    FROM stage.order_line
    WHERE order_id IN (SELECT c.order_id FROM candidate c)
  ) p
  GROUP BY order_id
) l ON l.order_id = o.order_id
WHERE abs(o.total - l.ordered) > 0.01 * l.n AND abs(o.total - l.after_cancellation) > 0.01 * l.n

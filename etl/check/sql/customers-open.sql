-- table: customer
-- severity: error
-- threshold: 0
-- needs: order_line
-- description: Months in which open customers are not those of the month before, plus new and reactivated, less lost
-- hint: This is a fault of verso; nothing is published.
-- tested: SELECT count(DISTINCT month) FROM core.fact_customer_month m CROSS JOIN meta.run r WHERE m.month <= r.as_of
WITH month AS (
  SELECT month, CAST(sum(is_open) AS BIGINT) AS open, CAST(sum(is_new + is_reactivated - is_lost) AS BIGINT) AS change
  FROM core.fact_customer_month m
  CROSS JOIN meta.run r
  WHERE m.month <= r.as_of -- of later months, orders are known that have not come yet
  GROUP BY month
), run AS (
  SELECT month, open, CAST(sum(change) OVER (ORDER BY month ROWS UNBOUNDED PRECEDING) AS BIGINT) AS expected
  FROM month
)
SELECT month, open AS value, expected
FROM run
WHERE open <> expected

-- table: order_header
-- severity: warn
-- threshold: 0
-- needs: order_header
-- description: A last few orders dated more than a year after all others
-- hint: A mistyped year; with as_of: latest it moves every analysis. Correct the date, or set as_of to a date.
-- tested: SELECT 1
SELECT last_day AS value, previous_day
FROM (
  SELECT day AS last_day, lag(day) OVER (ORDER BY day) AS previous_day, sum(n) OVER (ORDER BY day DESC) AS behind, sum(n) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS all_orders
  FROM (SELECT CAST(order_date AS DATE) AS day, count(*) AS n FROM stage.order_header GROUP BY CAST(order_date AS DATE)) d
) g
WHERE last_day - previous_day > 366 AND behind * 100 < all_orders

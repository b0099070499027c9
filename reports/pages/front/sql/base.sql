-- The customer base: who ordered in the window, the window a year before, and
-- the whole year before. Customers that are not known do not count.
-- Parameters: current from, to; previous from, to; current from; whole previous year from, to.
WITH sums AS (
  SELECT customer_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "before",
    SUM(CASE WHEN order_date < ? THEN 1 ELSE 0 END) AS "earlier",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "year",
    MIN(order_date) AS "first"
  FROM core.fact_order_line
  WHERE customer_key <> -1
  GROUP BY customer_key
)
SELECT
  count(CASE WHEN "now" > 0 THEN 1 END) AS "active",
  count(CASE WHEN "before" > 0 THEN 1 END) AS "active_before",
  count(CASE WHEN "now" > 0 AND "earlier" = 0 THEN 1 END) AS "new",
  count(CASE WHEN "now" > 0 AND "before" > 0 THEN 1 END) AS "kept",
  count(CASE WHEN "year" > 0 THEN 1 END) AS "buyers",
  count(CASE WHEN "year" > 0 AND "now" = 0 THEN 1 END) AS "silent",
  count(*) AS "ever"
FROM sums

-- Who the change of revenue came from: every customer is in exactly one group,
-- so the groups add up to the whole change.
-- Parameters: current from, to; previous from, to; current from, to; previous from, to; current from.
WITH sums AS (
  SELECT customer_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "before",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "lines_now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "lines_before",
    MIN(order_date) AS "first"
  FROM core.fact_order_line
  GROUP BY customer_key
), grouped AS (
  SELECT "now", "before",
    CASE
      WHEN customer_key = -1 THEN 'unknown'
      WHEN "lines_before" = 0 AND "first" >= ? THEN 'new'
      WHEN "lines_before" = 0 THEN 'back'
      WHEN "lines_now" = 0 THEN 'lost'
      WHEN "now" >= "before" THEN 'grown'
      ELSE 'shrunk'
    END AS "kind"
  FROM sums
  WHERE "lines_now" > 0 OR "lines_before" > 0
)
SELECT "kind", count(*) AS "customers", SUM("now") AS "now", SUM("before") AS "before"
FROM grouped
GROUP BY "kind"
ORDER BY "kind"

-- How many customers of the year before are silent, and what they were worth.
-- Parameters: year from, to, twice; window from, to; same days a year before from, to; size of "largest".
WITH sums AS (
  SELECT customer_key,
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "year",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "lines_year",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN 1 ELSE 0 END) AS "now",
    SUM(CASE WHEN order_date BETWEEN ? AND ? THEN net ELSE 0 END) AS "same_days"
  FROM core.fact_order_line
  WHERE customer_key <> -1
  GROUP BY customer_key
), ranked AS (
  SELECT "year", "now", "same_days", ROW_NUMBER() OVER (ORDER BY "year" DESC, customer_key) AS "place"
  FROM sums
  WHERE "lines_year" > 0
)
SELECT count(*) AS "customers", SUM("year") AS "year", SUM("same_days") AS "same_days",
  count(CASE WHEN "place" <= ? THEN 1 END) AS "largest"
FROM ranked
WHERE "now" = 0

-- Gini coefficient of positive revenue per customer, from exact sums:
-- 2 * sum(i * x) / (n * sum(x)) - (n + 1) / n with x ascending.
WITH ranked AS (
  SELECT "value", ROW_NUMBER() OVER (ORDER BY "value", customer_key) AS "i"
  FROM score.pyramid
  WHERE basis = 'revenue' AND "value" > 0
)
SELECT count(*) AS "n", SUM("value") AS "total", SUM("value" * "i") AS "weighted"
FROM ranked

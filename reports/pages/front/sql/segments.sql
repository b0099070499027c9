-- Named segments: size, value, and the middle of their members' behaviour.
SELECT segment, count(*) AS "customers", SUM(monetary) AS "value",
  CAST(SUM(recency_days) AS DOUBLE) / count(*) AS "days",
  CAST(SUM(frequency) AS DOUBLE) / count(*) AS "orders"
FROM score.rfm
GROUP BY segment
ORDER BY SUM(monetary) DESC, segment

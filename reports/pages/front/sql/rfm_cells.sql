-- Customers and value by recency and frequency.
SELECT r_score, f_score, count(*) AS "customers", SUM(monetary) AS "value"
FROM score.rfm
GROUP BY r_score, f_score
ORDER BY r_score DESC, f_score

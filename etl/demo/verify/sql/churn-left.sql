-- Whether customers who have begun to leave, though they are not silent for long, have
-- a higher chance to stop than others, among those with twelve order days and more.
WITH customer AS (
    SELECT s.probability AS score, t.onset_date IS NOT NULL AND t.onset_date <= s.as_of AND t.mode <> 'partial' AS leaving
    FROM score.churn AS s
    JOIN core.dim_customer AS c ON c.customer_key = s.customer_key
    JOIN truth_customer AS t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
    JOIN (SELECT customer_key FROM core.fact_order_line WHERE qty > 0 GROUP BY customer_key HAVING count(DISTINCT order_date) >= 12) AS o ON o.customer_key = s.customer_key
), auc AS (
    SELECT avg(CASE WHEN a.score > b.score THEN 1.0 WHEN a.score = b.score THEN 0.5 ELSE 0.0 END) AS area, count(DISTINCT a.score) AS leaving
    FROM customer AS a
    JOIN customer AS b ON a.leaving AND NOT b.leaving
)
SELECT CASE WHEN leaving > 0 THEN printf('%d have begun to leave', leaving) END AS planted,
       printf('AUC %.2f', area) AS found,
       area >= 0.65 OR leaving < 20 AND area >= 0.55 AS accepted
FROM auc

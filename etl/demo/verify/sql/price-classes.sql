-- How often a customer for whom price counts ranks above one for whom it does
-- not, of those with twenty quotations or more: the area under the curve.
WITH customer AS (
    SELECT p.transaction AS score, t.elasticity < -1.5 AS steep
    FROM score.price p
    JOIN core.dim_customer c ON c.customer_key = p.customer_key
    JOIN truth_customer t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
), auc AS (
    SELECT avg(CASE WHEN a.score > b.score THEN 1.0 WHEN a.score = b.score THEN 0.5 ELSE 0.0 END) AS area, count(DISTINCT a.score) AS steep, count(*) AS pairs
    FROM customer a
    JOIN customer b ON a.steep AND NOT b.steep
)
SELECT CASE WHEN pairs > 0 THEN '15 % transaction customers' END AS planted,
       printf('AUC %.2f', area) AS found,
       area >= 0.75 AS accepted
FROM auc

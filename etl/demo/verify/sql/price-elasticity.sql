-- Elasticities of the customers who were planted one way or the other: the mean of
-- what their own quotations say, each weighted by the number of these.
WITH customer AS (
    SELECT t.elasticity AS planted, p.own, p.own_se, CAST(p.quotes AS DOUBLE) AS w, t.elasticity < -1.5 AS steep
    FROM score.price p
    JOIN core.dim_customer c ON c.customer_key = p.customer_key
    JOIN truth_customer t ON CAST(t.customer_id AS VARCHAR) = c.customer_id
), kind AS (
    SELECT steep, count(*) AS n, avg(planted) AS planted, sum(w * own) / sum(w) AS found, 1.96 * sqrt(sum(w * w * own_se * own_se)) / sum(w) AS half FROM customer GROUP BY steep
), found AS (
    SELECT max(CASE WHEN steep THEN planted END) AS steep, max(CASE WHEN steep THEN found END) AS steep_found, max(CASE WHEN steep THEN half END) AS steep_half,
           max(CASE WHEN NOT steep THEN planted END) AS flat, max(CASE WHEN NOT steep THEN found END) AS flat_found, max(CASE WHEN NOT steep THEN half END) AS flat_half
    FROM kind
)
SELECT CASE WHEN steep IS NOT NULL AND flat IS NOT NULL THEN printf('%.1f and %.1f', steep, flat) END AS planted,
       printf('%.2f ± %.2f and %.2f ± %.2f', steep_found, steep_half, flat_found, flat_half) AS found,
       abs(steep_found - steep) <= greatest(0.3, 1.5 * steep_half) AND abs(flat_found - flat) <= greatest(0.3, 1.5 * flat_half) AS accepted
FROM found

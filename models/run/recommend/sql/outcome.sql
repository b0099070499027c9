-- What earlier offers brought: of the titles offered, those that the customer
-- ordered within 60 days. Customers held out were offered nothing; what they
-- ordered of their lists is what would have come anyway.
CREATE OR REPLACE TABLE score.offer_outcome AS
WITH made AS (
    SELECT o.offered_on, o.list, o.model, o.is_holdout, c.customer_key, c.customer_type, t.title_key
    FROM score.offer AS o
    INNER JOIN core.dim_customer AS c ON c.customer_id = o.customer_id
    INNER JOIN core.dim_title AS t ON t.title_id = o.title_id
    WHERE o.offered_on < CAST($1 AS DATE)
), ordered AS (
    SELECT DISTINCT m.offered_on, m.list, m.customer_key, m.title_key
    FROM made AS m
    INNER JOIN core.fact_order_line AS l ON l.customer_key = m.customer_key AND l.title_key = m.title_key
    WHERE l.order_date > m.offered_on AND l.order_date <= m.offered_on + 60 AND l.order_date <= CAST($1 AS DATE) AND l.qty > coalesce(l.qty_cancelled, 0)
), line AS (
    SELECT m.*, o.title_key IS NOT NULL AS is_ordered
    FROM made AS m
    LEFT JOIN ordered AS o ON o.offered_on = m.offered_on AND o.list = m.list AND o.customer_key = m.customer_key AND o.title_key = m.title_key
)
SELECT l.offered_on, l.list, l.model, coalesce(l.customer_type, '') AS customer_type, l.is_holdout, l.offered_on + 60 <= CAST($1 AS DATE) AS is_closed,
       count(DISTINCT l.customer_key) AS customers, count(*) AS offered, sum(CASE WHEN l.is_ordered THEN 1 ELSE 0 END) AS ordered,
       count(DISTINCT CASE WHEN l.is_ordered THEN l.customer_key END) AS customers_ordered,
       CAST(sum(CASE WHEN l.is_ordered THEN 1 ELSE 0 END) AS DOUBLE) / count(*) AS hit_rate
FROM line AS l
GROUP BY l.offered_on, l.list, l.model, coalesce(l.customer_type, ''), l.is_holdout
ORDER BY 1, 2, 3, 4, 5
